import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import { type Fault, oneOf } from './fault.ts';
import { drawImage, type Image } from './images.ts';
import { checkOrphansSwept, settleAndCheck } from './invariants.ts';
import { noteUpload, openLedger } from './ledger.ts';

/** Share of the bytes sent when the process is killed; 1: all are, and it is killed some time around the commit. */
const STAGES = [0.1, 0.5, 0.99, 1, 1];
const LONGEST_COMMIT_MS = 250;
const ARRIVAL_MS = 20;

export const apiDiesInUpload: Fault = {
  name: 'api-dies-in-upload',
  row: 'API dies in an upload (kill -9 at 10, 50, 99 %, around the commit)',
  rounds: 100,
  run: async (trial) => {
    const system = await trial.start();
    system.startWorker();
    const ledger = openLedger();
    let answered = 0;
    await trial.each(async () => {
      const image = drawImage();
      const idempotencyKey = randomUUID();
      const reply = await uploadKilled(system, {
        image,
        idempotencyKey,
        share: oneOf(STAGES, trial.random),
        commitMs: trial.random() * LONGEST_COMMIT_MS,
      });
      if (reply) {
        answered++;
        noteUpload(ledger, reply, image);
      }
      await system.startApi();
      ledger.unansweredUploads.push({ image, idempotencyKey }, { image, idempotencyKey });
      await settleAndCheck(trial, system, ledger);
    });
    const swept = await checkOrphansSwept(trial, system);
    trial.note(`${answered} uploads were answered before the kill; ${swept} objects swept`);
  },
};

interface KilledUpload {
  image: Image;
  idempotencyKey: string;
  share: number;
  commitMs: number;
}

/** @returns what was answered all the same */
async function uploadKilled(
  { origin, api, patientId, users }: RunningSystem,
  { image, idempotencyKey, share, commitMs }: KilledUpload,
): Promise<unknown> {
  const boundary = randomUUID();
  const head = [
    `--${boundary}\r\ncontent-disposition: form-data; name="patient_id"\r\n\r\n${patientId}\r\n`,
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${image.name}.png"\r\n\r\n`,
  ].join('');
  const body = Buffer.concat([Buffer.from(head), image.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const request = http.request(`${origin}/api/v1/upload_img`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${users.uploader.token}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': body.length,
      'idempotency-key': idempotencyKey,
    },
  });
  const reply = readReply(request);
  const sent = Math.floor(body.length * share);
  request.write(body.subarray(0, sent));
  if (share === 1) request.end();
  await delay(share === 1 ? commitMs : ARRIVAL_MS);
  api.kill('SIGKILL');
  await api.ended;
  return reply;
}

function readReply(request: http.ClientRequest): Promise<unknown> {
  return new Promise((resolve) => {
    request.on('error', () => resolve(undefined));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', () => resolve(undefined));
      response.on('close', () =>
        resolve(response.complete && response.statusCode === 201 ? JSON.parse(text) : undefined),
      );
    });
  });
}
