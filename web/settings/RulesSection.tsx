import { useState } from 'react';
import { useSettingsForm } from './form-context.ts';
import { RuleItem } from './RuleItem.tsx';
import { replaced, without } from './rows.ts';
import { SectionPanel } from './SectionPanel.tsx';
import { asRow, NEW_CONDITION, type RuleForm } from './settings-form.ts';

/** What findings read as. Each rule is a sentence, until one edits it. */
export function RulesSection() {
  const { form, change } = useSettingsForm();
  const { rules } = form;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const set = (rows: typeof rules) => change({ rules: rows });
  const toggle = (rowId: string, isOpen: boolean) =>
    setOpen((before) => {
      const next = new Set(before);
      if (isOpen) next.add(rowId);
      else next.delete(rowId);
      return next;
    });
  return (
    <SectionPanel
      title="Rules"
      path="rules"
      about="A rule fires when all its conditions hold. It says what the finding is compatible with and where that is written; it never is a diagnosis. A rule whose measurement lacks is shown as not assessable."
      add={{
        label: 'New rule',
        onAdd: () => {
          const empty: RuleForm = { code: '', conditions: [asRow(NEW_CONDITION)], readsAs: '', source: '' };
          const rule = asRow(empty);
          set([...rules, rule]);
          toggle(rule.rowId, true);
        },
      }}
    >
      <ol aria-label="Rules" style={{ margin: 0, padding: 0, listStyle: 'none' }}>
        {rules.map((rule, at) => (
          <RuleItem
            key={rule.rowId}
            rule={rule}
            rules={rules}
            at={at}
            isOpen={open.has(rule.rowId)}
            onOpen={(isOpen) => toggle(rule.rowId, isOpen)}
            onChange={(next) => set(replaced(rules, at, next))}
            onMove={set}
            onRemove={() => set(without(rules, at))}
          />
        ))}
      </ol>
    </SectionPanel>
  );
}
