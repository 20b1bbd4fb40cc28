import InputAdornment from '@mui/material/InputAdornment';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import { Fragment } from 'react';
import { ChoiceSetting, NumberSetting, TextSetting, TickSetting } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';
import { RemoveButton } from './RowButtons.tsx';
import { replaced, without } from './rows.ts';
import { SectionPanel } from './SectionPanel.tsx';
import { SettingsTable } from './SettingsTable.tsx';
import { asRow, type RangeForm } from './settings-form.ts';

const SMOKING = [
  { value: '', label: 'Any' },
  { value: 'never', label: 'Never' },
  { value: 'former', label: 'Former' },
  { value: 'current', label: 'Current' },
  { value: 'unknown', label: 'Unknown' },
];

const NEW_RANGE: RangeForm = {
  cellType: '',
  smokingStatus: '',
  lowerPercent: '',
  upperPercent: '',
  flagLow: false,
  source: '',
};

/** What is normal, for whom, and who says so. */
export function RangesSection() {
  const { form, change, nameOf } = useSettingsForm();
  const { referenceRanges: ranges, cellTypes } = form;
  const set = (rows: typeof ranges) => change({ referenceRanges: rows });
  return (
    <SectionPanel
      title="Reference ranges"
      path="referenceRanges"
      about="In percent of immune cells. A range for one smoking status goes before the one for any. Empty limits are open. High shares are flagged; low ones only where ticked. Every range names its source, which readers see beside the flag."
      add={{ label: 'New range', onAdd: () => set([...ranges, asRow(NEW_RANGE)]) }}
    >
      <SettingsTable
        label="Reference ranges"
        columns={[
          { name: 'Cell type' },
          { name: 'Smoking', width: 128 },
          { name: 'From %', width: 88, align: 'right' },
          { name: 'To %', width: 88, align: 'right' },
          { name: 'Flag low', width: 80, align: 'center' },
          { name: '', width: 40 },
        ]}
      >
        <TableBody>
          {ranges.map((range, at) => {
            const name = range.cellType ? nameOf(range.cellType) : 'the new range';
            const path = `referenceRanges.${at}`;
            const setRange = (changes: Partial<RangeForm>) =>
              set(replaced(ranges, at, { ...range, ...changes }));
            return (
              <Fragment key={range.rowId}>
                <TableRow sx={{ '& td': { border: 0 } }}>
                  <TableCell>
                    <ChoiceSetting
                      path={`${path}.cellType`}
                      label={`Cell type of range ${at + 1}`}
                      value={range.cellType}
                      options={cellTypes.map(({ code, name: typeName }) => ({
                        value: code,
                        label: typeName,
                      }))}
                      onChange={(cellType) => setRange({ cellType })}
                    />
                  </TableCell>
                  <TableCell>
                    <ChoiceSetting
                      path={`${path}.smokingStatus`}
                      label={`Smoking status for ${name}`}
                      value={range.smokingStatus}
                      options={SMOKING}
                      onChange={(status) => setRange({ smokingStatus: status as RangeForm['smokingStatus'] })}
                    />
                  </TableCell>
                  <TableCell>
                    <NumberSetting
                      path={`${path}.lowerPercent`}
                      label={`Lower limit for ${name}, percent`}
                      value={range.lowerPercent}
                      onChange={(lowerPercent) => setRange({ lowerPercent })}
                    />
                  </TableCell>
                  <TableCell>
                    <NumberSetting
                      path={`${path}.upperPercent`}
                      label={`Upper limit for ${name}, percent`}
                      value={range.upperPercent}
                      onChange={(upperPercent) => setRange({ upperPercent })}
                    />
                  </TableCell>
                  <TableCell align="center">
                    <TickSetting
                      path={`${path}.flagLow`}
                      label={`Flag low shares of ${name}`}
                      checked={range.flagLow}
                      onChange={(flagLow) => setRange({ flagLow })}
                    />
                  </TableCell>
                  <TableCell align="right">
                    <RemoveButton name={`the range for ${name}`} onRemove={() => set(without(ranges, at))} />
                  </TableCell>
                </TableRow>
                <TableRow>
                  <TableCell colSpan={5}>
                    <TextSetting
                      path={`${path}.source`}
                      label={`Source of the range for ${name}`}
                      placeholder="Where this range is written"
                      value={range.source}
                      onChange={(source) => setRange({ source })}
                      slotProps={{
                        input: {
                          startAdornment: (
                            <InputAdornment position="start" sx={{ '& p': { fontSize: 12 } }}>
                              Source
                            </InputAdornment>
                          ),
                        },
                      }}
                    />
                  </TableCell>
                  <TableCell />
                </TableRow>
              </Fragment>
            );
          })}
        </TableBody>
      </SettingsTable>
    </SectionPanel>
  );
}
