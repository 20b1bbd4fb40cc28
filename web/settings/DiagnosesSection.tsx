import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import type { DiagnosisCode } from '../../core/laboratory-settings.ts';
import { capitalised } from '../ui/format.ts';
import { TextSetting } from './fields.tsx';
import { useSettingsForm } from './form-context.ts';
import { MoveButtons, RemoveButton } from './RowButtons.tsx';
import { replaced, without } from './rows.ts';
import { SectionPanel } from './SectionPanel.tsx';
import { SettingsTable } from './SettingsTable.tsx';
import { asRow } from './settings-form.ts';

const NEW_DIAGNOSIS: DiagnosisCode = { code: '', name: '', system: 'local', version: '1' };

const FIELDS = ['code', 'name', 'system', 'version'] as const;

/** What pathologists may conclude. */
export function DiagnosesSection() {
  const { form, change } = useSettingsForm();
  const { diagnoses } = form;
  const set = (rows: typeof diagnoses) => change({ diagnoses: rows });
  return (
    <SectionPanel
      title="Diagnoses"
      path="diagnoses"
      about="What pathologists choose from, in this order, each with the code, the coding system and its version that the result names. What was recorded under a code keeps it when it is removed here."
      add={{ label: 'New diagnosis', onAdd: () => set([...diagnoses, asRow(NEW_DIAGNOSIS)]) }}
    >
      <SettingsTable
        label="Diagnoses"
        columns={[
          { name: 'Order', width: 72 },
          { name: 'Code', width: 112 },
          { name: 'Name' },
          { name: 'System', width: 128 },
          { name: 'Version', width: 88 },
          { name: '', width: 44 },
        ]}
      >
        <TableBody>
          {diagnoses.map((diagnosis, at) => {
            const name = diagnosis.name || diagnosis.code || 'the new diagnosis';
            return (
              <TableRow key={diagnosis.rowId}>
                <TableCell>
                  <MoveButtons name={name} rows={diagnoses} at={at} onChange={set} />
                </TableCell>
                {FIELDS.map((field) => (
                  <TableCell key={field}>
                    <TextSetting
                      path={`diagnoses.${at}.${field}`}
                      label={`${capitalised(field)} of ${name}`}
                      value={diagnosis[field]}
                      onChange={(value) => set(replaced(diagnoses, at, { ...diagnosis, [field]: value }))}
                    />
                  </TableCell>
                ))}
                <TableCell align="right">
                  <RemoveButton name={name} onRemove={() => set(without(diagnoses, at))} />
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </SettingsTable>
    </SectionPanel>
  );
}
