import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import { ChoiceSetting, TextSetting } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';
import { RemoveButton } from './RowButtons.tsx';
import { replaced, without } from './rows.ts';
import { SectionPanel } from './SectionPanel.tsx';
import { SettingsTable } from './SettingsTable.tsx';
import { asRow } from './settings-form.ts';

/** What the external model's labels mean here. */
export function ModelLabelsSection() {
  const { form, change } = useSettingsForm();
  const { modelLabels, cellTypes } = form;
  const set = (rows: typeof modelLabels) => change({ modelLabels: rows });
  return (
    <SectionPanel
      title="Labels of the external model"
      path="modelLabels"
      about="Only for a model of your own (MODEL_API_URL, set by whoever runs BALscope). A label that is the code or the name of a cell type, or a common word for one, is understood without a line here; what nobody knows comes out as unclassified."
      add={{ label: 'New label', onAdd: () => set([...modelLabels, asRow({ label: '', cellType: '' })]) }}
    >
      {modelLabels.length > 0 && (
        <SettingsTable
          label="Labels of the external model"
          columns={[{ name: 'Label' }, { name: 'Cell type', width: 260 }, { name: '', width: 44 }]}
        >
          <TableBody>
            {modelLabels.map((row, at) => (
              <TableRow key={row.rowId}>
                <TableCell>
                  <TextSetting
                    path={`modelLabels.${at}.label`}
                    label={`Label ${at + 1}`}
                    placeholder="As the model writes it, such as LABEL_3"
                    value={row.label}
                    onChange={(label) => set(replaced(modelLabels, at, { ...row, label }))}
                  />
                </TableCell>
                <TableCell>
                  <ChoiceSetting
                    path={`modelLabels.${at}.cellType`}
                    label={`Cell type of ${row.label || `label ${at + 1}`}`}
                    value={row.cellType}
                    options={cellTypes.map(({ code, name }) => ({ value: code, label: name }))}
                    onChange={(cellType) => set(replaced(modelLabels, at, { ...row, cellType }))}
                  />
                </TableCell>
                <TableCell align="right">
                  <RemoveButton
                    name={row.label || `label ${at + 1}`}
                    onRemove={() => set(without(modelLabels, at))}
                  />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </SettingsTable>
      )}
    </SectionPanel>
  );
}
