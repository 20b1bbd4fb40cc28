import { expect, test } from 'vitest';
import { createUploadQueue, type SendFile, type UploadOutcome } from './upload-queue.ts';

const patientId = 'patient-1';

/** A sender whose replies the test gives by hand, in any order. */
function openSender() {
  const started: string[] = [];
  const signals = new Map<string, AbortSignal>();
  const progress = new Map<string, (share: number) => void>();
  const interruptions = new Map<string, () => void>();
  const replies = new Map<string, PromiseWithResolvers<UploadOutcome>>();
  const send: SendFile = (file, _target, { signal, onProgress, onInterrupted }) => {
    const reply = Promise.withResolvers<UploadOutcome>();
    started.push(file.name);
    signals.set(file.name, signal);
    progress.set(file.name, onProgress);
    interruptions.set(file.name, onInterrupted);
    replies.set(file.name, reply);
    signal.addEventListener('abort', () => reply.reject(signal.reason));
    return reply.promise;
  };
  return {
    send,
    started,
    signalOf: (name: string) => signals.get(name)!,
    report: (name: string, share: number) => progress.get(name)!(share),
    interrupt: (name: string) => interruptions.get(name)!(),
    async answer(name: string, outcome: UploadOutcome = { kind: 'stored', jobId: `job-${name}` }) {
      replies.get(name)!.resolve(outcome);
      await settle();
    },
    async fail(name: string, error: Error) {
      replies.get(name)!.reject(error);
      await settle();
    },
  };
}

/** Lets all promises that are due run. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

const filesNamed = (...names: string[]) => names.map((name) => new File(['bytes'], name));

function openQueue(parallel = 3) {
  const sender = openSender();
  const stored: (string | undefined)[] = [];
  const queue = createUploadQueue({
    send: sender.send,
    describeFailure: (error) => (error instanceof Error ? error.message : 'unknown'),
    onStored: ({ jobId }) => stored.push(jobId),
    parallel,
  });
  const find = (name: string) => queue.getUploads().find(({ fileName }) => fileName === name)!;
  return { queue, sender, stored, find };
}

test('sends in the order of adding, no more than so many at a time', async () => {
  const { queue, sender, find } = openQueue(3);
  queue.add(filesNamed('a', 'b'), { patientId });
  queue.add(filesNamed('c', 'd', 'e'), { patientId });
  expect(sender.started).toEqual(['a', 'b', 'c']);
  expect(find('d').state).toBe('waiting');
  await sender.answer('b');
  expect(sender.started).toEqual(['a', 'b', 'c', 'd']);
  await sender.answer('a');
  await sender.answer('c');
  expect(sender.started).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(queue.getUploads().map(({ fileName, state }) => `${fileName} ${state}`)).toEqual([
    'a stored',
    'b stored',
    'c stored',
    'd sending',
    'e sending',
  ]);
});

test('tells progress by new snapshots', () => {
  const { queue, sender, find } = openQueue();
  let told = 0;
  queue.add(filesNamed('a', 'b'), { patientId });
  const before = queue.getUploads();
  queue.subscribe(() => told++);
  sender.report('a', 0.4);
  expect(find('a').progress).toBe(0.4);
  expect(find('b').progress).toBe(0);
  expect(told).toBe(1);
  expect(before[0].progress).toBe(0);
});

test('a lost connection is told until bytes move again', () => {
  const { queue, sender, find } = openQueue();
  queue.add(filesNamed('a'), { patientId });
  sender.report('a', 0.5);
  sender.interrupt('a');
  expect(find('a')).toMatchObject({ state: 'sending', progress: 0.5, isInterrupted: true });
  sender.report('a', 0.6);
  expect(find('a')).toMatchObject({ progress: 0.6, isInterrupted: false });
});

test('an upload under way is aborted by cancelling and makes room for the next', async () => {
  const { queue, sender, stored, find } = openQueue(1);
  queue.add(filesNamed('a', 'b'), { patientId });
  queue.cancel(find('a').id);
  await settle();
  expect(sender.signalOf('a').aborted).toBe(true);
  expect(find('a').state).toBe('cancelled');
  expect(find('b').state).toBe('sending');
  sender.report('a', 0.9);
  expect(find('a').progress).toBe(0);
  expect(stored).toEqual([]);
});

test('one that waits never starts once cancelled, and can be taken up again', async () => {
  const { queue, sender, find } = openQueue(1);
  queue.add(filesNamed('a', 'b'), { patientId });
  queue.cancel(find('b').id);
  await sender.answer('a');
  expect(sender.started).toEqual(['a']);
  queue.retry(find('b').id);
  expect(sender.started).toEqual(['a', 'b']);
  await sender.answer('b');
  expect(find('b')).toMatchObject({ state: 'stored', jobId: 'job-b' });
});

test('cancelled and taken up again at once, only the second sending counts', async () => {
  const { queue, sender, find } = openQueue(1);
  queue.add(filesNamed('a'), { patientId });
  queue.cancel(find('a').id);
  queue.retry(find('a').id);
  await settle();
  expect(sender.started).toEqual(['a', 'a']);
  expect(find('a').state).toBe('sending');
  await sender.answer('a');
  expect(find('a').state).toBe('stored');
});

test('a failure keeps its reason until the retry that succeeds', async () => {
  const { queue, sender, stored, find } = openQueue();
  queue.add(filesNamed('a'), { patientId });
  sender.report('a', 0.7);
  await sender.fail('a', new Error('the line broke'));
  expect(find('a')).toMatchObject({ state: 'failed', reason: 'the line broke' });
  queue.retry(find('a').id);
  expect(find('a')).toMatchObject({ state: 'sending', progress: 0, reason: undefined });
  await sender.answer('a');
  expect(find('a').state).toBe('stored');
  expect(stored).toEqual(['job-a']);
});

test('a refused file says why and is not sent again; a duplicate names the sample that exists', async () => {
  const { queue, sender, stored, find } = openQueue();
  queue.add(filesNamed('text', 'twice'), { patientId });
  await sender.answer('text', { kind: 'refused', reason: 'not an image' });
  await sender.answer('twice', { kind: 'duplicate', jobId: 'job-0' });
  expect(find('text')).toMatchObject({ state: 'refused', reason: 'not an image' });
  expect(find('twice')).toMatchObject({ state: 'duplicate', jobId: 'job-0' });
  expect(stored).toEqual([]);
  queue.retry(find('text').id);
  expect(sender.started).toEqual(['text', 'twice']);
});

test('clearing forgets what ended well, of that patient only', async () => {
  const { queue, sender, find } = openQueue(4);
  queue.add(filesNamed('a', 'bad', 'slow'), { patientId });
  queue.add(filesNamed('other'), { patientId: 'patient-2' });
  await sender.answer('a');
  await sender.answer('other');
  await sender.answer('bad', { kind: 'refused', reason: 'damaged' });
  queue.clearFinished(patientId);
  expect(queue.getUploads().map(({ fileName }) => fileName)).toEqual(['bad', 'slow', 'other']);
  queue.dismiss(find('bad').id);
  queue.dismiss(find('slow').id);
  expect(queue.getUploads().map(({ fileName }) => fileName)).toEqual(['slow', 'other']);
});
