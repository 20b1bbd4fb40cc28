// What a receive alone takes at the SQS in memory that bench/claims.ts uses, by as many seats as its workers have in
// all: below that no claim can be. npx node bench/receives.ts [messages]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startBackend } from './backend.ts';
import { percentile } from './percentile.ts';

const SEATS = [2, 4, 8];
const BATCH = 10;

if (process.send) await receiveAll(Number(process.env.MESSAGES));
else await measure(Number(process.argv[2] ?? 2000));

async function measure(messages: number): Promise<void> {
  const backend = await startBackend('s3-sqs');
  // The endpoint is in another process than those who ask it, as in the measurement of claims.
  const env = { PATH: process.env.PATH, ...backend.env, MESSAGES: String(messages) };
  await once(fork(import.meta.filename, { env }), 'exit');
  await backend.stop();
}

async function receiveAll(messages: number): Promise<void> {
  const sqs = new SQSClient({ endpoint: process.env.AWS_ENDPOINT_URL });
  const QueueUrl = process.env.SQS_QUEUE_URL;
  for (const seats of SEATS) {
    const Entries = Array.from({ length: BATCH }, (_, at) => ({ Id: String(at), MessageBody: 'a job' }));
    for (let sent = 0; sent < messages; sent += BATCH)
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const tookMs: number[] = [];
    let left = messages;
    const seat = async () => {
      while (left-- > 0) {
        const startedAt = performance.now();
        await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
        tookMs.push(performance.now() - startedAt);
      }
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: seats }, seat));
    const perS = (messages / (performance.now() - startedAt)) * 1000;
    const [p50, p99] = [0.5, 0.99].map((share) => `${percentile(tookMs, share).toFixed(1)} ms`);
    console.log(`${seats} seats: ${perS.toFixed(0)} receives/s, p50 ${p50}, p99 ${p99}`);
  }
  sqs.destroy();
  process.disconnect();
}
