import type { Call } from '../../contract/client.ts';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import type { PackedCells } from '../../core/detection/packed-cells.ts';
import type { ParameterValues } from './detection-messages.ts';

/** The server's cells of a sample at full resolution; it stores nothing. */
export async function detectOnServer(
  call: Call,
  sampleId: string,
  values: ParameterValues,
  signal: AbortSignal,
): Promise<PackedCells> {
  const parameters = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  const { cells } = await call('dynamicDetect', {
    query: { ...parameters, sampleId, engine: 'tree' },
    signal,
  });
  const types = [...new Set(cells.map(({ cellType }) => cellType))];
  return packCells(
    cells.map(({ nucleus, ...cell }) => ({
      ...cell,
      nucleus: { ...nucleus, outline: Float32Array.from(nucleus.outline.flat()) },
    })),
    types,
  );
}
