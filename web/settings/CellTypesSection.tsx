import Box from '@mui/material/Box';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { type CellType, DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import { TextSetting, TickSetting, useFault } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';
import { MoveButtons, RemoveButton } from './RowButtons.tsx';
import { replaced, without } from './rows.ts';
import { SectionPanel } from './SectionPanel.tsx';
import { SettingsTable } from './SettingsTable.tsx';
import { asRow } from './settings-form.ts';

const NEW_TYPE: CellType = {
  code: '',
  name: '',
  color: '#5b6b75',
  key: '',
  immune: true,
  nucleated: true,
};

interface CellTypesSectionProps {
  /** Codes that were saved: stored cells are called so, and they stay. */
  savedCodes: ReadonlySet<string>;
}

/** The names that cells can have, in the order of the differential. */
export function CellTypesSection({ savedCodes }: CellTypesSectionProps) {
  const { form, change } = useSettingsForm();
  const { cellTypes } = form;
  const set = (rows: typeof cellTypes) => change({ cellTypes: rows });
  return (
    <SectionPanel
      title="Cell types"
      path="cellTypes"
      about="In the order of the differential table. A key assigns the type while reading. Immune cells are the denominator of the percentages; nucleated cells that of the second one. Cells are stored under their code, which therefore stays once it was saved."
      add={{ label: 'New cell type', onAdd: () => set([...cellTypes, asRow(NEW_TYPE)]) }}
    >
      <SettingsTable
        label="Cell types"
        columns={[
          { name: 'Order', width: 72 },
          { name: 'Colour', width: 48 },
          { name: 'Name and code' },
          { name: 'Key', width: 76 },
          { name: 'Immune', width: 76, align: 'center' },
          { name: 'Nucleated', width: 88, align: 'center' },
          { name: '', width: 44 },
        ]}
      >
        <TableBody>
          {cellTypes.map((type, at) => {
            const name = type.name || type.code || 'the new type';
            const path = `cellTypes.${at}`;
            const setType = (changes: Partial<CellType>) =>
              set(replaced(cellTypes, at, { ...type, ...changes }));
            return (
              <TableRow key={type.rowId}>
                <TableCell>
                  <MoveButtons name={name} rows={cellTypes} at={at} onChange={set} />
                </TableCell>
                <TableCell>
                  <ColorSetting
                    path={`${path}.color`}
                    label={`Colour of ${name}`}
                    value={type.color}
                    onChange={(color) => setType({ color })}
                  />
                </TableCell>
                <TableCell>
                  <TextSetting
                    path={`${path}.name`}
                    label={`Name of ${name}`}
                    placeholder="Name"
                    value={type.name}
                    onChange={(value) => setType({ name: value })}
                  />
                  {savedCodes.has(type.code) ? (
                    <Typography
                      variant="caption"
                      component="div"
                      color="textSecondary"
                      sx={{ pl: 1, overflowWrap: 'anywhere' }}
                    >
                      {type.code}
                    </Typography>
                  ) : (
                    <Box sx={{ mt: 0.5 }}>
                      <TextSetting
                        path={`${path}.code`}
                        label={`Code of ${name}`}
                        placeholder="Code, such as WBC-Foamy"
                        value={type.code}
                        onChange={(code) => setType({ code })}
                      />
                    </Box>
                  )}
                </TableCell>
                <TableCell>
                  <TextSetting
                    path={`${path}.key`}
                    label={`Key of ${name}`}
                    value={type.key}
                    onChange={(key) => setType({ key: key.toLowerCase() })}
                    slotProps={{ htmlInput: { style: { textAlign: 'center' } } }}
                  />
                </TableCell>
                <TableCell align="center">
                  <TickSetting
                    path={`${path}.immune`}
                    label={`${name} is an immune cell`}
                    checked={type.immune}
                    onChange={(immune) => setType({ immune })}
                  />
                </TableCell>
                <TableCell align="center">
                  <TickSetting
                    path={`${path}.nucleated`}
                    label={`${name} is nucleated`}
                    checked={type.nucleated}
                    onChange={(nucleated) => setType({ nucleated })}
                  />
                </TableCell>
                <TableCell align="right">
                  <RemoveButton
                    name={name}
                    stays={
                      DEFAULT_CELL_TYPES.some(({ code }) => code === type.code)
                        ? 'Detection names cells so; the type stays.'
                        : undefined
                    }
                    onRemove={() => set(without(cellTypes, at))}
                  />
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </SettingsTable>
    </SectionPanel>
  );
}

interface ColorSettingProps {
  path: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** The system's own control, which lets everybody pick and type. */
function ColorSetting({ path, label, value, onChange }: ColorSettingProps) {
  const fault = useFault(path, true);
  return (
    <Box
      component="input"
      type="color"
      aria-label={label}
      aria-invalid={fault !== undefined}
      title={fault ?? value}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      sx={{
        width: 36,
        height: 30,
        p: 0.25,
        border: 1,
        borderColor: fault ? 'error.main' : '#8b979e',
        borderRadius: 1,
        bgcolor: 'background.paper',
        cursor: 'pointer',
        '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: 1 },
      }}
    />
  );
}
