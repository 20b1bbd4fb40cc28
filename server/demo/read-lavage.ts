import type { Call } from '../../contract/client.ts';
import { decodePackedCells, type PackedCells } from '../../core/detection/packed-cells.ts';
import type { DrawnField } from './draw-fields.ts';
import type { DemoLavage } from './laboratory.ts';

export interface SeededLavage {
  lavage: DemoLavage;
  lavageId: string;
  patientId: string;
  drawn: DrawnField[];
}

/** What a reader calls the cell at this place of the run, drawn as this type. */
type Naming = (cellType: string, at: number) => string;

/** Reads a lavage as its pathologist would, knowing what was drawn: names corrected, fields marked complete. */
export async function readLavage(call: Call, seeded: SeededLavage): Promise<void> {
  const { lavage, lavageId, patientId } = seeded;
  if (lavage.reading === 'none') return;
  const isHalf = lavage.reading === 'half';
  const reading = await readFields(call, seeded, { isHalf, nameOf: (cellType) => cellType });
  if (!reading || lavage.reading === 'half') return;
  await call('annotatePatient', {
    body: {
      patientId,
      lavageId,
      adequacy: 'adequate',
      diagnosis: [{ code: lavage.reading.diagnosis, certainty: 'consistent_with' }],
      comments: lavage.reading.comments,
    },
  });
  await finish(call, reading);
}

/** Reads a finished lavage once more, as a colleague would: in part by other names. */
export async function readAgain(call: Call, seeded: SeededLavage): Promise<void> {
  if (typeof seeded.lavage.reading === 'string') return;
  const nameOf = (cellType: string, at: number) =>
    (at % 9 === 4 && MISTAKEN_FOR[cellType]) || (at % 53 === 7 ? 'WBC-Others' : cellType);
  const reading = await readFields(call, seeded, { isHalf: false, nameOf });
  if (reading) await finish(call, reading);
}

const finish = (call: Call, { id, version }: { id: string; version: number }) =>
  call('updateReading', { params: { id }, ifMatch: version, body: { status: 'closed' } });

/** What readers exchange most often. */
const MISTAKEN_FOR: Readonly<Record<string, string>> = {
  'WBC-Lymphocyte': 'WBC-Macrophage',
  'WBC-Eosinophil': 'WBC-Neutrophil',
};

/** @returns the reading as it is then; undefined where the lavage was read by the caller before */
async function readFields(
  call: Call,
  { lavageId, drawn }: SeededLavage,
  { isHalf, nameOf }: { isHalf: boolean; nameOf: Naming },
): Promise<{ id: string; version: number } | undefined> {
  const { id: userId } = await call('me', {});
  const own = async () => {
    const { items } = await call('listReadings', { params: { id: lavageId } });
    return items.find(({ reader }) => reader.id === userId);
  };
  if (await own()) return undefined;
  const { items } = await call('listSamples', { query: { lavageId, sort: 'file_name' } });
  const toRead = isHalf ? items.slice(0, Math.ceil(items.length / 2)) : items;
  for (const sample of toRead) {
    const field = drawn.find(({ name }) => name === sample.originalFilename);
    if (field && sample.inferenceStatus === 'completed')
      await correctCells(call, sample.jobId, field, nameOf);
  }
  const reading = await own();
  if (!reading) return undefined;
  const read = await call('updateReading', {
    params: { id: reading.id },
    ifMatch: reading.version,
    body: { fields: toRead.map(({ jobId }) => ({ sampleId: jobId, state: 'complete' as const })) },
  });
  return read.reading;
}

async function correctCells(call: Call, sampleId: string, field: DrawnField, nameOf: Naming): Promise<void> {
  const response = await call('sampleCells', { params: { jobId: sampleId } });
  const runId = response.headers.get('x-run-id') ?? undefined;
  const found = decodePackedCells(new Uint8Array(await response.arrayBuffer()));
  const annotations = Array.from({ length: found.count }, (_, at) =>
    corrected(found, at, field, nameOf),
  ).filter((annotation) => annotation !== undefined);
  if (annotations.length > 0) await call('annotate', { body: { sampleId, runId, annotations } });
}

/** The cell at this index under the name it was drawn as; cells found where none was drawn are taken away. */
function corrected(found: PackedCells, at: number, field: DrawnField, nameOf: Naming) {
  const [x, y, width, height] = found.box.subarray(at * 4, at * 4 + 4);
  const nucleusX = found.nucleus[at * 2];
  const nucleusY = found.nucleus[at * 2 + 1];
  const drawn = field.cells.find(
    (cell) =>
      nucleusX >= cell.x &&
      nucleusY >= cell.y &&
      nucleusX <= cell.x + cell.width &&
      nucleusY <= cell.y + cell.height,
  );
  return {
    cellCoordinates: { x, y, width, height },
    cellType: drawn ? nameOf(drawn.cellType, at) : 'Debris',
    source: drawn ? ('detection' as const) : ('rejection' as const),
    detectionIndex: at,
  };
}
