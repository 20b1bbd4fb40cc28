import type { Fault } from './fault.ts';
import { settleAndCheck } from './invariants.ts';
import { annotateOnce, editOnce, markCell, openLedger, uploadOnce } from './ledger.ts';

const EDITS = 50;

export const concurrentEdits: Fault = {
  name: 'concurrent-edits',
  row: '50 edits of one cell at once',
  rounds: 100,
  run: async (trial) => {
    const system = await trial.start();
    system.startWorker();
    const ledger = openLedger();
    await uploadOnce(system, ledger);
    const [sampleId] = ledger.uploads.keys();
    await annotateOnce(system, ledger, markCell(sampleId));
    const [annotation] = ledger.annotations.keys();
    await trial.each(async () => {
      const known = { ...ledger, annotations: new Map(ledger.annotations) };
      const statuses = await Promise.all(
        Array.from({ length: EDITS }, () =>
          editOnce(system, { ...known, annotations: new Map(known.annotations) }, annotation),
        ),
      );
      const count = (status: number) => statuses.filter((one) => one === status).length;
      trial.expect(
        count(200) === 1 && count(412) === EDITS - 1,
        `answered ${count(200)} × 200 and ${count(412)} × 412`,
      );
      ledger.annotations.set(annotation, (ledger.annotations.get(annotation) ?? 0) + 1);
      await settleAndCheck(trial, system, ledger);
    });
  },
};
