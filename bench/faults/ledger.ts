import { randomUUID } from 'node:crypto';
import type { RunningSystem } from '../running-system.ts';
import { drawImage, type Image } from './images.ts';

interface UploadRequest {
  image: Image;
  idempotencyKey: string;
}

interface SaveRequest {
  sampleId: string;
  idempotencyKey: string;
  /** Where the marked cell begins. */
  x: number;
}

export function markCell(sampleId: string, x = 10): SaveRequest {
  return { sampleId, idempotencyKey: randomUUID(), x };
}

/** What BALscope has acknowledged and must therefore still have, and what it never answered and must take again. */
export interface Ledger {
  /** Samples answered 201, with the hash of what was sent. */
  uploads: Map<string, string>;
  unansweredUploads: UploadRequest[];
  /** Versions last acknowledged, by annotation. */
  annotations: Map<string, number>;
  /** Without those that met a closed door. */
  unansweredSaves: SaveRequest[];
}

export function openLedger(): Ledger {
  return { uploads: new Map(), unansweredUploads: [], annotations: new Map(), unansweredSaves: [] };
}

const PATIENCE_MS = 90_000;
const api = ({ origin }: RunningSystem, address: string) => `${origin}/api/v1${address}`;

/** @returns the status, 0 when the connection broke */
export async function uploadOnce(
  system: RunningSystem,
  ledger: Ledger,
  request: UploadRequest = { image: drawImage(), idempotencyKey: randomUUID() },
): Promise<number> {
  const { image, idempotencyKey } = request;
  try {
    const response = await system.upload([{ name: `${image.name}.png`, bytes: image.bytes }], {
      idempotencyKey,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status === 201) noteUpload(ledger, await response.json(), image);
    else {
      await response.body?.cancel();
      ledger.unansweredUploads.push(request);
    }
    return response.status;
  } catch {
    ledger.unansweredUploads.push(request);
    return 0;
  }
}

export function noteUpload(ledger: Ledger, reply: unknown, image: Image): void {
  const { samples } = reply as { samples: { job_id: string; sha256: string }[] };
  for (const sample of samples) {
    if (sample.sha256 !== image.sha256) throw new Error(`A: answered for ${image.name} with another hash`);
    ledger.uploads.set(sample.job_id, image.sha256);
  }
}

export async function annotateOnce(
  system: RunningSystem,
  ledger: Ledger,
  request: SaveRequest,
): Promise<number> {
  const cell = {
    cell_coordinates: { x: request.x, y: 10, width: 30, height: 30 },
    cell_type: 'WBC-Lymphocyte',
  };
  try {
    const response = await fetch(api(system, '/annotate'), {
      method: 'POST',
      headers: { ...json(system), 'idempotency-key': request.idempotencyKey },
      body: JSON.stringify({ sample_id: request.sampleId, annotations: [cell] }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status === 200) {
      const { annotations } = (await response.json()) as { annotations: { id: string; version: number }[] };
      for (const { id, version } of annotations) ledger.annotations.set(id, version);
    } else {
      await response.body?.cancel();
      ledger.unansweredSaves.push(request);
    }
    return response.status;
  } catch (error) {
    if (!wasRefusedAtTheDoor(error)) ledger.unansweredSaves.push(request);
    return 0;
  }
}

/** Nobody listened: the request never arrived. While an API starts again, readers are refused by the thousand. */
function wasRefusedAtTheDoor(error: unknown): boolean {
  return error instanceof Error && (error.cause as { code?: string } | undefined)?.code === 'ECONNREFUSED';
}

/** @returns the status, 0 when the connection broke */
export async function editOnce(system: RunningSystem, ledger: Ledger, id: string): Promise<number> {
  try {
    const response = await fetch(api(system, `/annotations/${id}`), {
      method: 'PATCH',
      headers: { ...json(system), 'if-match': String(ledger.annotations.get(id)) },
      body: JSON.stringify({ comments: randomUUID() }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const reply = (await response.json()) as { version: number };
    if (response.status === 200) ledger.annotations.set(id, reply.version);
    return response.status;
  } catch {
    return 0;
  }
}

/** Sends again what was not acknowledged, under the same keys. @returns what still was not */
export async function repeatUnanswered(system: RunningSystem, ledger: Ledger): Promise<string[]> {
  const refused: string[] = [];
  for (const request of ledger.unansweredUploads.splice(0)) {
    const status = await uploadOnce(system, ledger, request);
    if (status !== 201) refused.push(`A: an upload repeated after the fault was answered ${status}`);
  }
  for (const request of ledger.unansweredSaves.splice(0)) {
    const status = await annotateOnce(system, ledger, request);
    if (status !== 200) refused.push(`E: a save repeated after the fault was answered ${status}`);
  }
  return refused;
}

function json({ users }: RunningSystem): Record<string, string> {
  return { 'content-type': 'application/json', authorization: `Bearer ${users.annotator.token}` };
}
