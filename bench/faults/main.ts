// Does to BALscope what the table of faults says, round by round, and prints what it did not survive:
// npm run faults [-- --only NAME,… --rounds N --seed S --backend s3-sqs --list]
import { parseArgs } from 'node:util';
import { asBackendName } from '../backend.ts';
import type { Fault } from './fault.ts';
import { faults } from './faults.ts';
import { type Outcome, tryFault } from './trial.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string' },
    backend: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
if (values.list) {
  for (const { name, row, rounds } of faults)
    console.log(`${name.padEnd(24)}${String(rounds).padStart(4)}  ${row}`);
  process.exit();
}
const seed =
  values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber('seed', values.seed);
const rounds = values.rounds === undefined ? undefined : wholeNumber('rounds', values.rounds);
const backend = asBackendName(values.backend);

const chosen = chosenFaults(values.only);
console.log(`seed ${seed} (the same again: --seed ${seed}), on ${backend}`);
const outcomes: Outcome[] = [];
for (const fault of chosen) {
  console.log(`${fault.name}: ${fault.row}`);
  outcomes.push(await tryFault(fault, { backend, rounds, seed }));
}
print(outcomes);
process.exit(outcomes.some(({ violations }) => violations.length > 0) ? 1 : 0);

function print(all: readonly Outcome[]): void {
  console.log(
    `\n${'fault'.padEnd(24)}${'rounds'.padStart(8)}${'violations'.padStart(12)}${'seconds'.padStart(9)}`,
  );
  for (const { fault, rounds: done, violations, skipped, seconds } of all) {
    const figures = `${String(done).padStart(8)}${String(violations.length).padStart(12)}${seconds.toFixed(0).padStart(9)}`;
    console.log(`${fault.name.padEnd(24)}${skipped === undefined ? figures : `  NOT TRIED: ${skipped}`}`);
  }
}

function chosenFaults(only: string | undefined): readonly Fault[] {
  if (only === undefined) return faults;
  return only.split(',').map((name) => {
    const found = faults.find((fault) => fault.name === name);
    if (!found) stop(`There is no fault ${name}; --list names them all.`);
    return found;
  });
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) stop(`--${option} takes a whole number.`);
  return Number(text);
}

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
