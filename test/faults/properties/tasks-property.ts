import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import { z } from 'zod';
import { OUTCOMES } from '../../../functions/contracts/outcomes.ts';
import { storedResultSchema } from '../../../functions/contracts/task-record.ts';
import { taskEventDetail } from '../../../functions/core/event-detail.ts';
import { resolvePolicy } from '../../../functions/core/polling-policy.ts';
import { isExpired, isTerminal, type TerminalRecord } from '../../../functions/core/task-record.ts';
import { BUCKET } from '../../support/builders.ts';
import { reproducible } from '../../support/reproducible.ts';
import { type Course, runCourse, type Trace } from '../layers/workflow-in-memory.ts';
import { courses } from './task-course.ts';
import { TASK_EXAMPLES } from './task-examples.ts';

const manifestSchema = z.object({ results: z.array(storedResultSchema) });
const envelopeSchema = z.object({
  id: z.unknown().optional(),
  taskStatus: z.unknown(),
  results: z.array(z.object({ data: z.string().nullish() })).catch([]),
});

/** Expects that random courses, and all examples, end soundly. */
export async function expectSoundTasks(numRuns: number): Promise<void> {
  const examples = TASK_EXAMPLES.map((course): [Course] => [course]);
  await fc.assert(
    fc.asyncProperty(courses, async (course) => expectSoundCourse(course, await runCourse(course))),
    { numRuns: numRuns + examples.length, examples, ...reproducible() },
  );
}

/** Expects everything that must hold after any course. */
function expectSoundCourse({ input, responses, pauses }: Course, trace: Trace): void {
  const { record, writes, events, objects, polls, delays, crashes, retrySeconds, startedAt } = trace;
  if (record === undefined || !isTerminal(record)) throw new Error('the task has not ended');

  // A collection ends once: a later write only notes its event. A new collection may follow after
  // the record has expired.
  const ends = new Map<string, TerminalRecord>();
  for (const { terminalEvent: _, ...written } of writes.filter(isTerminal)) {
    const end = ends.get(written.startedAt) ?? written;
    ends.set(written.startedAt, end);
    expect({ ...written, version: end.version }).toEqual(end);
  }
  const terminal = [...ends.values()];
  const collections = ends.size;
  for (const [index, ended] of terminal.entries()) {
    if (index > 0) expect(isExpired(terminal[index - 1] ?? ended, Date.parse(ended.startedAt))).toBe(true);
  }
  expect(writes.at(-1)).toEqual(record);

  // There is at least one event; all share one key, and each equals its record.
  expect(events.length).toBeGreaterThanOrEqual(1);
  expect(new Set(events.map(({ detail }) => detail.idempotencyKey)).size).toBe(1);
  for (const { detailType, detail } of events) {
    expect(terminal.map((ended) => taskEventDetail(ended, BUCKET))).toContainEqual(detail);
    expect(detailType).toBe(OUTCOMES[detail.outcome].detailType);
  }
  if (crashes === 0) expect(events).toHaveLength(collections);

  // Polls and delays stay within budget and deadline, except for a retry after a crash.
  const policy = resolvePolicy({}, input.polling);
  const submittedAt = input.submittedAt === undefined ? startedAt : Date.parse(input.submittedAt);
  // A pause may last until the first check after Aspose has deleted the result.
  const deadline = pauses.includes(true)
    ? Math.max(startedAt, submittedAt + 86_400_000) + 300_000
    : Math.min(startedAt + policy.timeoutSeconds * 1000, submittedAt + 86_400_000);
  for (const { attempts } of terminal) expect(attempts).toBeLessThanOrEqual(policy.maxPolls);
  // A poll takes two fetches after a 401, and a crash may hide one from the count.
  expect(polls.length).toBeLessThanOrEqual(collections * 2 * policy.maxPolls + 2 * crashes);
  for (const { at, seconds, wholeSeconds } of delays) {
    expect(seconds).toBeGreaterThanOrEqual(wholeSeconds ? 1 : 0);
    if (wholeSeconds) expect(seconds).toSatisfy(Number.isInteger);
    const end = at + seconds * 1000;
    // The first poll is spread over a second, and a Wait state rounds up to whole seconds.
    const rounding = crashes > 0 || pauses.includes(true) ? 1000 : 0;
    if (collections === 1)
      expect(end).toBeLessThanOrEqual(Math.max(deadline, at, startedAt + 1000) + rounding + 1e-3);
  }
  expect(retrySeconds).toBeGreaterThanOrEqual(0);

  // Every document equals one that Aspose sent at that index; every listed document exists.
  const whole = responses
    .flatMap((response) => (response.kind === 'response' && !response.cut ? parsed(response.chunks) : []))
    .filter(({ id }) => typeof id !== 'string' || id.toLowerCase() === input.taskId.toLowerCase());
  for (const [key, content] of objects) {
    const index = Number(/\/(\d+)\.\w+$/.exec(key)?.[1]);
    if (Number.isNaN(index)) continue;
    const texts = whole.map(({ results }) => results[index]?.data);
    const isRaw = key.endsWith('.undecoded');
    expect(texts).toContainEqual(isRaw ? String(content) : content.toString('base64'));
  }
  if (record.manifestKey !== undefined) {
    const { results } = manifestSchema.parse(JSON.parse(String(objects.get(record.manifestKey))));
    expect(record.results).toEqual(results);
    for (const { key, sha256, bytes } of results) {
      if (key === null) continue;
      expect(
        createHash('sha256')
          .update(objects.get(key) ?? '')
          .digest('hex'),
      ).toBe(sha256);
      expect(objects.get(key)?.length).toBe(bytes);
    }
    // All listed documents come from one response, and none of it is missing.
    const listed = results.map(({ key }) => (key === null ? null : objects.get(key)?.toString('base64')));
    const completed = whole.filter(({ taskStatus }) => taskStatus === 'Completed');
    if (record.outcome === 'Completed')
      expect(completed.map((envelope) => envelope.results.map(({ data = null }) => data))).toContainEqual(
        listed,
      );
  } else {
    expect(record.results).toEqual([]);
    expect(record.outcome).not.toBe('Completed');
  }
}

function parsed(chunks: readonly Uint8Array[]): z.infer<typeof envelopeSchema>[] {
  try {
    const { data } = envelopeSchema.safeParse(JSON.parse(String(Buffer.concat(chunks))));
    return data === undefined ? [] : [data];
  } catch {
    return [];
  }
}
