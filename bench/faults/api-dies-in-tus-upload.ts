import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import { type Fault, oneOf, type Trial } from './fault.ts';
import { drawImage, type Image } from './images.ts';
import { checkOrphansSwept, settleAndCheck } from './invariants.ts';
import { openLedger } from './ledger.ts';

/** Pieces of one upload: the last one may be the last bytes of the image. */
const PIECES = 4;
/** Share of the piece sent when the process is killed; 1: all is, and it is killed some time around the commit. */
const STAGES = [0, 0.1, 0.5, 0.99, 1, 1];
const LONGEST_COMMIT_MS = 250;
const ARRIVAL_MS = 20;

export const apiDiesInTusUpload: Fault = {
  name: 'api-dies-in-tus-upload',
  row: 'API dies in a resumable upload (kill -9 within a PATCH and around its end; the client goes on by HEAD and PATCH)',
  rounds: 100,
  run: async (trial) => {
    const system = await trial.start();
    system.startWorker();
    const ledger = openLedger();
    let goneOn = 0;
    await trial.each(async () => {
      const image = drawImage();
      const client = tusClient(system);
      const address = await client.create(image);
      const killedIn = Math.floor(trial.random() * PIECES);
      const share = oneOf(STAGES, trial.random);
      const commitMs = trial.random() * LONGEST_COMMIT_MS;
      const piece = Math.ceil(image.bytes.length / PIECES);
      for (let at = 0; at < killedIn; at++) await client.patch(address, at * piece, image, piece);
      const dying = client.beginPatch(address, killedIn * piece, image, piece, share);
      await delay(share === 1 ? commitMs : ARRIVAL_MS);
      system.api.kill('SIGKILL');
      await system.api.ended;
      const acknowledged = (await dying)
        ? Math.min((killedIn + 1) * piece, image.bytes.length)
        : killedIn * piece;
      await system.startApi();

      const offset = await client.head(address);
      trial.expect(offset >= acknowledged, `A: ${acknowledged} bytes were acknowledged, ${offset} are kept`);
      if (offset < image.bytes.length) {
        goneOn++;
        await client.patch(address, offset, image, image.bytes.length);
      }
      // The client that did not hear of the end asks again.
      const ends = await Promise.all([client.sampleOf(address), client.sampleOf(address)]);
      trial.expect(ends[0] !== undefined && ends[0] === ends[1], `E: one upload ended as ${ends}`);
      if (ends[0] !== undefined) ledger.uploads.set(ends[0], image.sha256);
      await settleAndCheck(trial, system, ledger);
      await checkAllEnded(trial, system);
    });
    const swept = await checkOrphansSwept(trial, system);
    const temporary = await system.objects.sweepTemporary(0);
    trial.expect(temporary === 0, `A: ${temporary} temporary files are left`);
    trial.note(`${goneOn} uploads went on after the kill; ${swept} objects swept`);
  },
};

async function checkAllEnded(trial: Trial, { database }: RunningSystem): Promise<void> {
  const { rowCount } = await database.pool.query('select from uploads where sample_id is null');
  trial.expect(rowCount === 0, `A: ${rowCount} uploads became no sample`);
}

function tusClient({ origin, users, patientId }: RunningSystem) {
  const authorization = `Bearer ${users.uploader.token}`;
  const headers = { authorization, 'tus-resumable': '1.0.0' };
  const ask = async (method: string, address: string, more: Record<string, string> = {}, body?: Buffer) => {
    const response = await fetch(new URL(address, origin), {
      method,
      headers: { ...headers, ...more },
      body: body && new Uint8Array(body),
    });
    if (!response.ok)
      throw new Error(`A: ${method} was answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const pieceHeaders = (offset: number) => ({
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
  });
  return {
    /** @returns the address of the upload */
    create: async ({ name, bytes, sha256 }: Image): Promise<string> => {
      const fields = { filename: `${name}.png`, patient_id: patientId, sha256 };
      const metadata = Object.entries(fields)
        .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
        .join(',');
      const created = await ask('POST', '/api/v1/uploads', {
        'upload-length': String(bytes.length),
        'upload-metadata': metadata,
      });
      return created.headers.get('location')!;
    },
    patch: async (address: string, offset: number, { bytes }: Image, length: number): Promise<void> => {
      await ask('PATCH', address, pieceHeaders(offset), bytes.subarray(offset, offset + length));
    },
    /** Sends a share of a piece. @returns whether the piece was acknowledged all the same */
    beginPatch: (address: string, offset: number, { bytes }: Image, length: number, share: number) => {
      const piece = bytes.subarray(offset, offset + length);
      const request = http.request(new URL(address, origin), {
        method: 'PATCH',
        headers: { ...headers, ...pieceHeaders(offset), 'content-length': piece.length },
      });
      const acknowledged = new Promise<boolean>((resolve) => {
        request.on('error', () => resolve(false));
        request.on('response', (response) => resolve(response.statusCode === 204));
      });
      request.write(piece.subarray(0, Math.max(1, Math.floor(piece.length * share))));
      if (share === 1) request.end();
      return acknowledged;
    },
    /** @returns up to where the bytes are kept */
    head: async (address: string): Promise<number> =>
      Number((await ask('HEAD', address)).headers.get('upload-offset')),
    /** @returns the sample that the upload became */
    sampleOf: async (address: string): Promise<string | undefined> => {
      const { sample } = (await (await ask('GET', address)).json()) as { sample?: { job_id: string } };
      return sample?.job_id;
    },
  };
}
