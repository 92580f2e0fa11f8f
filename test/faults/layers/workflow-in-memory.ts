import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
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
import { withoutImages } from '../../support/memory-images.ts';
import { memoryRecords } from '../../support/memory-records.ts';
import { type FakeResponse, fakeHttps } from './fake-https.ts';

/** How a request ends on the network. */
export type WireResponse =
  | ({ readonly kind: 'response' } & FakeResponse)
  | { readonly kind: 'network fault' };

/** Everything that happens to a task. */
export interface Course {
  readonly input: ExecutionInput;
  /** Responses to the fetches in turn, with their duration; the last repeats. */
  readonly responses: readonly (WireResponse & { readonly seconds: number })[];
  /** Responses of the token endpoint in turn; valid ones follow. */
  readonly tokens: readonly WireResponse[];
  /** Whether polling is paused, at each check in turn; afterwards it is not. */
  readonly pauses: readonly boolean[];
  /**
   * Numbers of the steps at which the environment dies, before or after the step takes effect.
   * 'lost' is a write whose response is lost: the SDK repeats it, and its condition fails.
   */
  readonly crashes: ReadonlyMap<number, 'before' | 'after' | 'lost'>;
  /** Random numbers in [0, 1). The first one follows the last one. */
  readonly randoms: readonly number[];
}

/** Everything that a course leads to. */
export interface Trace {
  readonly startedAt: number;
  readonly record: TaskRecord | undefined;
  /** Every write that took effect. */
  readonly writes: readonly TaskRecord[];
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly events: readonly { readonly detailType: string; readonly detail: TaskEventDetail }[];
  /** Times of the fetches, in epoch milliseconds. */
  readonly polls: readonly number[];
  /** Every delay, and its start in epoch milliseconds. */
  readonly delays: readonly {
    readonly at: number;
    readonly seconds: number;
    readonly wholeSeconds: boolean;
  }[];
  readonly crashes: number;
  /** Total delay of the retries after crashes. */
  readonly retrySeconds: number;
}

class KilledError extends Error {}

export const START = Date.parse('2026-03-01T12:00:00Z');
const MAX_RETRIES = 6;

/**
 * Runs a course through the use cases and the real adapters. It imitates the state
 * machine, which waits, retries, publishes the event, and runs close-task after the last retry.
 * The environment may die at any step with an effect.
 */
export async function runCourse(course: Course): Promise<Trace> {
  const { input, responses, tokens, pauses, crashes, randoms } = course;
  let now = START;
  let step = 0;
  let deaths = 0;
  let retrySeconds = 0;
  let tokenRequests = 0;
  let pauseChecks = 0;
  let randomsUsed = 0;
  const table = memoryRecords();
  const writes: TaskRecord[] = [];
  const objects = new Map<string, Buffer>();
  const events: { detailType: string; detail: TaskEventDetail }[] = [];
  const polls: number[] = [];
  const delays: { at: number; seconds: number; wholeSeconds: boolean }[] = [];

  function die(moment: 'before' | 'after'): never {
    deaths += 1;
    throw new KilledError(moment);
  }

  /** Takes a step, at which the environment may die. */
  async function during<T>(effect: () => Promise<T>): Promise<T> {
    step += 1;
    const crash = crashes.get(step);
    if (crash === 'before') die(crash);
    const result = await effect();
    if (crash === 'after') die(crash);
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

  function nextToken(): WireResponse {
    tokenRequests += 1;
    const valid = JSON.stringify({ access_token: `token-${step}`, expires_in: 3600 });
    const validResponse = { status: 200, headers: {}, chunks: [Buffer.from(valid)], cut: false };
    return tokens[tokenRequests - 1] ?? { kind: 'response', ...validResponse };
  }

  function nextResponse(): WireResponse {
    polls.push(now);
    const response = responses[Math.min(polls.length, responses.length) - 1];
    if (response === undefined) throw new Error('the course has no response');
    now += response.seconds * 1000;
    return response;
  }

  const respond = (url: URL): Promise<FakeResponse> =>
    during(async () => {
      const response = url.pathname === '/connect/token' ? nextToken() : nextResponse();
      if (response.kind === 'network fault') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      return response;
    });

  const s3 = mockClient(S3Client);
  s3.on(PutObjectCommand).callsFake(async ({ Key, Body }) =>
    during(async () => {
      objects.set(String(Key), await bytesOf(Body));
      return {};
    }),
  );

  /** Creates a new environment, which shares no state with an earlier one. */
  function createEnvironment() {
    const spools = createSpools();
    const accessTokens = createAccessTokens({
      baseUrl: 'https://api.aspose.cloud',
      readSecret: async () => ({
        kind: 'Read',
        credentials: { clientId: 'id', clientSecret: 'secret' },
        version: 'v1',
      }),
      now: () => now,
    });
    const vendor = createAsposeOcr({
      baseUrl: 'https://api.aspose.cloud',
      accessTokens,
      spools,
      maxAnswerBytes: 20_000,
      now: () => now,
    });
    /** The client mistakes a death for a network fault; a dead environment must not continue. */
    const poll: VendorClient['poll'] = async (...request) => {
      const deathsBefore = deaths;
      const polled = await vendor.poll(...request);
      if (deaths > deathsBefore) throw new KilledError('before');
      return polled;
    };
    return { vendor: { poll }, documents: createDocumentWriter(new S3Client({}), BUCKET), spools };
  }

  using _ = fakeHttps(respond);
  try {
    const claimant: Claimant = { executionArn: 'arn:aws:states:::execution:Collect:one', startedAt: START };
    let warm = createEnvironment();

    async function invoke(claimedBy: Claimant): Promise<FetchResultOutput> {
      const begun = now;
      try {
        return await fetchResult(
          input,
          claimedBy,
          {},
          {
            records,
            ...withoutImages(),
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
            remainingSeconds: () => 480 - (now - begun) / 1000,
            isPollingPaused: () =>
              during(async () => {
                pauseChecks += 1;
                return pauses[pauseChecks - 1] ?? false;
              }),
            onPoll() {},
            onPause() {},
          },
        );
      } finally {
        warm.spools.close();
      }
    }

    /** Retries in a new environment, as AWS does. */
    async function withRetries<T>(work: () => Promise<T>): Promise<T | 'given up'> {
      for (let retries = 0; ; retries += 1) {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof KilledError)) throw error;
          warm = createEnvironment();
          if (retries === MAX_RETRIES) return 'given up';
          const seconds = 2 ** (retries + 1);
          now += seconds * 1000;
          retrySeconds += seconds;
        }
      }
    }

    const publish = (detailType: string, detail: TaskEventDetail) =>
      during(async () => {
        events.push({ detailType, detail });
      });

    async function execute(execution: Claimant): Promise<void> {
      for (;;) {
        const output = await withRetries(() => invoke(execution));
        const published =
          output !== 'given up' && 'outcome' in output && output.publish
            ? await withRetries(() => publish(output.detailType, output.detail))
            : undefined;
        if (output === 'given up' || published === 'given up') {
          const ports = { records, events: { publish }, bucket: BUCKET, now: () => now };
          const failed = { ...execution, status: 'FAILED' } as const;
          // An operator redrives the dead-letter queue until close-task succeeds.
          while ((await withRetries(() => closeTask(failed, input, ports))) === 'given up');
          return;
        }
        if ('outcome' in output) return;
        if (!('delaySeconds' in output)) throw new TypeError('A task without an image is never replaced.');
        delays.push({ at: now, seconds: output.delaySeconds, wholeSeconds: true });
        now += output.delaySeconds * 1000;
      }
    }

    await execute(claimant);
    // A second execution starts after the task has ended.
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
    crashes: deaths,
    retrySeconds,
  };
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (!(body instanceof Readable)) throw new Error('the request has no body');
  return await buffer(body);
}
