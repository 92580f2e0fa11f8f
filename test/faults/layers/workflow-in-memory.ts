import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { createAccessTokens } from '../../../functions/adapters/aspose/access-token.ts';
import { createSpools } from '../../../functions/adapters/aspose/spool.ts';
import { createAsposeOcr } from '../../../functions/adapters/aspose/task-requests.ts';
import { createDocumentWriter } from '../../../functions/adapters/aws/document-writer.ts';
import type { FetchResultOutput } from '../../../functions/contracts/fetch-result.ts';
import type { TaskEventDetail } from '../../../functions/contracts/task-event.ts';
import type { ExecutionInput } from '../../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { closeTask } from '../../../functions/core/close-task.ts';
import { fetchResult } from '../../../functions/core/fetch-result.ts';
import type { VendorClient } from '../../../functions/core/ports.ts';
import type { Claimant } from '../../../functions/core/task-record.ts';
import { BUCKET } from '../../support/builders.ts';
import { memoryRecords } from '../../support/memory-records.ts';
import { type FakeAnswer, fakeHttps } from './fake-https.ts';

/** One answer to a fetch, as it comes off the wire. */
export type WireAnswer =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: Record<string, string>;
      readonly chunks: readonly Uint8Array[];
      readonly cut: boolean;
    }
  | { readonly kind: 'network fault' };

/** What happens around a task. */
export interface Course {
  readonly input: ExecutionInput;
  /** In turn; the last repeats. */
  readonly answers: readonly (WireAnswer & { readonly seconds: number })[];
  /** Of the token endpoint, in turn; then good ones. */
  readonly tokens: readonly WireAnswer[];
  /** Whether polling is paused, each time that is looked for; then it is not. */
  readonly pauses: readonly boolean[];
  /**
   * Numbers of the steps at which the environment dies, before or after the step has its effect; or where the answer
   * to a write is lost, and the SDK, which repeats it, finds its condition not met.
   */
  readonly crashes: ReadonlyMap<number, 'before' | 'after' | 'lost'>;
  /** In [0, 1), in turn. */
  readonly randoms: readonly number[];
}

/** What came of it. */
export interface Trace {
  readonly startedAt: number;
  readonly record: TaskRecord | undefined;
  /** Every write that took effect. */
  readonly writes: readonly TaskRecord[];
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly events: readonly { readonly detailType: string; readonly detail: TaskEventDetail }[];
  /** When Aspose was asked, in epoch milliseconds; a repeat after 401 is not counted again. */
  readonly polls: readonly number[];
  /** Every delay, in seconds, and when it began. */
  readonly delays: readonly {
    readonly at: number;
    readonly seconds: number;
    readonly wholeSeconds: boolean;
  }[];
  readonly crashes: number;
  /** All the time that repeats after crashes have cost, in seconds. */
  readonly repeatSeconds: number;
}

class Killed extends Error {
  override readonly name = 'Killed';
}

export const START = Date.parse('2026-03-01T12:00:00Z');
const MOST_REPEATS = 6;

/**
 * Runs a task's course through the use cases and the real adapters, with what the state machine does around them:
 * waits, repeats, the publishing of the event, and close-task when the repeats are used up. Each step that has an
 * effect outside may be the last of its environment.
 */
export async function runCourse(course: Course): Promise<Trace> {
  const { input, answers, tokens, pauses, crashes, randoms } = course;
  let now = START;
  let step = 0;
  let died = 0;
  let repeatSeconds = 0;
  let fetches = 0;
  let tokenRequests = 0;
  let looks = 0;
  let randomsUsed = 0;
  const table = memoryRecords();
  const writes: TaskRecord[] = [];
  const objects = new Map<string, Buffer>();
  const events: { detailType: string; detail: TaskEventDetail }[] = [];
  const polls: number[] = [];
  const delays: { at: number; seconds: number; wholeSeconds: boolean }[] = [];

  async function during<T>(effect: () => Promise<T>): Promise<T> {
    step += 1;
    const crash = crashes.get(step);
    if (crash === 'before') died += 1;
    if (crash === 'before') throw new Killed('before');
    const result = await effect();
    if (crash === 'after') died += 1;
    if (crash === 'after') throw new Killed('after');
    return result;
  }

  const records = {
    read: (taskId: string) => during(() => table.read(taskId)),
    write: (record: TaskRecord) =>
      during(async () => {
        const written = await table.write(record);
        if (written) writes.push(record);
        return written && crashes.get(step) !== 'lost';
      }),
  };

  async function answerRequest(url: URL): Promise<FakeAnswer> {
    if (url.pathname === '/connect/token') {
      return await during(async () => {
        const good = JSON.stringify({ access_token: `token-${step}`, expires_in: 3600 });
        const drawn = tokens[tokenRequests];
        tokenRequests += 1;
        if (drawn?.kind === 'network fault') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
        return drawn ?? { status: 200, headers: {}, chunks: [Buffer.from(good)], cut: false };
      });
    }
    return await during(async () => {
      polls.push(now);
      const answer = answers[Math.min(fetches, answers.length - 1)];
      fetches += 1;
      if (answer === undefined) throw new Error('there is no answer');
      now += answer.seconds * 1000;
      if (answer.kind === 'network fault') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      return answer;
    });
  }

  const s3 = mockClient(S3Client);
  s3.on(PutObjectCommand).callsFake(async ({ Key, Body }) =>
    during(async () => {
      objects.set(String(Key), await bytesOf(Body));
      return {};
    }),
  );

  /** A new environment: nothing is left of the one before it. */
  function environment() {
    const spools = createSpools();
    const accessTokens = createAccessTokens({
      baseUrl: 'https://api.aspose.cloud',
      readCredentials: async () => ({ clientId: 'id', clientSecret: 'secret' }),
      now: () => now,
    });
    const vendor = createAsposeOcr({
      baseUrl: 'https://api.aspose.cloud',
      accessTokens,
      spools,
      maxAnswerBytes: 20_000,
      now: () => now,
    });
    /** A client takes what stops it for a fault of the network; an environment that died comes no further. */
    const poll: VendorClient['poll'] = async (...request) => {
      const diedBefore = died;
      const polled = await vendor.poll(...request);
      if (died > diedBefore) throw new Killed('before');
      return polled;
    };
    return { vendor: { poll }, documents: createDocumentWriter(new S3Client({}), BUCKET), spools };
  }

  using _ = fakeHttps(answerRequest);
  try {
    const claimant: Claimant = { executionArn: 'arn:aws:states:::execution:Collect:one', startedAt: START };
    let warm = environment();

    async function invoke(who: Claimant): Promise<FetchResultOutput> {
      const begun = now;
      try {
        return await fetchResult(
          input,
          who,
          {},
          {
            records,
            vendor: warm.vendor,
            documents: warm.documents,
            now: () => now,
            sleep: (seconds) =>
              during(async () => {
                delays.push({ at: now, seconds, wholeSeconds: false });
                now += seconds * 1000;
              }),
            random() {
              randomsUsed += 1;
              return randoms[randomsUsed % randoms.length] ?? 0;
            },
            remainingSeconds: () => 300 - (now - begun) / 1000,
            isPollingPaused: () =>
              during(async () => {
                looks += 1;
                return pauses[looks - 1] ?? false;
              }),
            onPoll() {},
            onPause() {},
          },
        );
      } finally {
        warm.spools.close();
      }
    }

    /** What AWS does with what fails: again, later, in a new environment. */
    async function repeated<T>(work: () => Promise<T>): Promise<T | 'given up'> {
      for (let repeats = 0; ; repeats += 1) {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          warm = environment();
          if (repeats === MOST_REPEATS) return 'given up';
          now += 2 ** (repeats + 1) * 1000;
          repeatSeconds += 2 ** (repeats + 1);
        }
      }
    }

    const publish = (detailType: string, detail: TaskEventDetail) =>
      during(async () => {
        events.push({ detailType, detail });
      });

    async function execute(who: Claimant): Promise<void> {
      for (;;) {
        const output = await repeated(() => invoke(who));
        const published =
          output !== 'given up' && 'outcome' in output && output.publish
            ? await repeated(() => publish(output.detailType, output.detail))
            : undefined;
        if (output === 'given up' || published === 'given up') {
          const ports = { records, events: { publish }, bucket: BUCKET, now: () => now };
          const change = {
            executionArn: who.executionArn,
            startDate: who.startedAt,
            status: 'FAILED',
          } as const;
          // Its dead-letter queue is emptied by hand, until it has done its work.
          while ((await repeated(() => closeTask(change, input, ports))) === 'given up');
          return;
        }
        if ('outcome' in output) return;
        delays.push({ at: now, seconds: output.delaySeconds, wholeSeconds: true });
        now += output.delaySeconds * 1000;
      }
    }

    await execute(claimant);
    // Another execution of the same task, which finds it ended.
    await execute({ executionArn: 'arn:aws:states:::execution:Collect:two', startedAt: now });
  } finally {
    s3.restore();
  }
  return {
    startedAt: START,
    record: table.current(),
    writes,
    objects,
    events,
    polls,
    delays,
    crashes: died,
    repeatSeconds,
  };
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (!(body instanceof Readable)) throw new Error('no body');
  return Buffer.from(await text(body.setEncoding('latin1')), 'latin1');
}
