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

/** Reads a lavage as its pathologist would, knowing what was drawn: names corrected, fields marked complete. */
export async function readLavage(
  call: Call,
  { lavage, lavageId, patientId, drawn }: SeededLavage,
): Promise<void> {
  if (lavage.reading === 'none') return;
  const readings = await call('listReadings', { params: { id: lavageId } });
  if (readings.items.length > 0) return;
  const { items } = await call('listSamples', { query: { lavageId, sort: 'file_name' } });
  const toRead = lavage.reading === 'half' ? items.slice(0, Math.ceil(items.length / 2)) : items;
  for (const sample of toRead) {
    const field = drawn.find(({ name }) => name === sample.originalFilename);
    if (field && sample.inferenceStatus === 'completed') await correctCells(call, sample.jobId, field);
  }
  const reading = (await call('listReadings', { params: { id: lavageId } })).items[0];
  if (!reading) return;
  await call('updateReading', {
    params: { id: reading.id },
    ifMatch: reading.version,
    body: { fields: toRead.map(({ jobId }) => ({ sampleId: jobId, state: 'complete' as const })) },
  });
  if (lavage.reading === 'half') return;
  await call('annotatePatient', {
    body: {
      patientId,
      lavageId,
      adequacy: 'adequate',
      diagnosis: [{ code: lavage.reading.diagnosis, certainty: 'consistent_with' }],
      comments: lavage.reading.comments,
    },
  });
}

async function correctCells(call: Call, sampleId: string, field: DrawnField): Promise<void> {
  const response = await call('sampleCells', { params: { jobId: sampleId } });
  const runId = response.headers.get('x-run-id') ?? undefined;
  const found = decodePackedCells(new Uint8Array(await response.arrayBuffer()));
  const annotations = Array.from({ length: found.count }, (_, at) => corrected(found, at, field)).filter(
    (annotation) => annotation !== undefined,
  );
  if (annotations.length > 0) await call('annotate', { body: { sampleId, runId, annotations } });
}

/** The cell at this index under the name it was drawn as; cells found where none was drawn are taken away. */
function corrected(found: PackedCells, at: number, field: DrawnField) {
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
    cellType: drawn?.cellType ?? 'Debris',
    source: drawn ? ('detection' as const) : ('rejection' as const),
    detectionIndex: at,
  };
}
