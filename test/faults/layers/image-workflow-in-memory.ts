import type { ImageInput } from '../../../functions/contracts/image-input.ts';
import type { ImageRecord } from '../../../functions/contracts/image-record.ts';
import type { SubmitImageOutput } from '../../../functions/contracts/submit-image.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { closeImage } from '../../../functions/core/close-image.ts';
import type { EndedExecution } from '../../../functions/core/close-task.ts';
import { fetchResult } from '../../../functions/core/fetch-result.ts';
import type { UploadResult } from '../../../functions/core/image-upload.ts';
import {
  OcrImageRefused,
  type SubmitImagePorts,
  submitImage,
  UploadPostponed,
} from '../../../functions/core/submit-image.ts';
import { type ExpiredLease, sweepTasks } from '../../../functions/core/sweep-tasks.ts';
import { type Claimant, isTerminal, NOTHING_STORED } from '../../../functions/core/task-record.ts';
import type { Poll } from '../../../functions/core/vendor-response.ts';
import { aPoll, BUCKET, notExistPoll, pendingPoll, unavailablePoll } from '../../support/builders.ts';
import { memoryImages } from '../../support/memory-images.ts';
import { memoryRecords } from '../../support/memory-records.ts';

/** What Aspose does with an upload. The upload's invocation may die besides. */
export type UploadStep =
  | 'accepts'
  /** The request takes effect, and its response is lost. */
  | 'accepts silently'
  | 'rejects'
  | 'refuses'
  /** S3 fails while the image is sent. */
  | 'source fails';

export type PollStep = 'pending' | 'lost' | 'completed' | 'error' | 'unavailable';

/** Everything that happens to an image. */
export interface ImageCourse {
  readonly maxUploads: number;
  /** What happens to each upload in turn; the last repeats. */
  readonly uploads: readonly UploadStep[];
  /** The responses to the polls of each task in turn; the last task and its last poll repeat. */
  readonly polls: readonly (readonly PollStep[])[];
  /** Whether polling is paused, at each check in turn; afterwards it is not. */
  readonly pauses: readonly boolean[];
  /**
   * Numbers of the steps at which the environment dies, before or after the step takes effect.
   * 'lost' is a write whose response is lost: the SDK repeats it, and its condition fails.
   */
  readonly crashes: ReadonlyMap<number, 'before' | 'after' | 'lost'>;
  /** The step at which somebody stops the execution. The running invocation continues. */
  readonly stopAt?: number;
  /** Status-change events are lost. */
  readonly losesStatusChange: boolean;
  /** The bus refuses this many events first. */
  readonly refusedEvents: number;
}

/** Everything that a course leads to. */
export interface ImageTrace {
  readonly image: ImageRecord | undefined;
  readonly tasks: readonly TaskRecord[];
  /** The idempotency key of each terminal event. */
  readonly keys: readonly string[];
  /** Uploads that created a task, or were under way when the environment died. */
  readonly mayHaveCreated: number;
  readonly uploads: number;
  readonly crashes: number;
  readonly stopped: boolean;
}

class DiedError extends Error {}
class BusError extends Error {}
class SourceError extends Error {}

export const IMAGE_START = Date.parse('2026-03-01T12:00:00Z');
export const IMAGE_ID = 'a'.repeat(40);
const SOURCE = { bucket: 'images', key: 'scan.png', etag: '1' };
const INPUT: ImageInput = { source: SOURCE, operation: 'RecognizeImage', generation: 1, imageId: IMAGE_ID };
const MAX_RETRIES = 6;
const SUBMIT_SECONDS = 240;
const FETCH_SECONDS = 480;
const MAX_LEASE_SECONDS = 7200;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/**
 * Runs a course through the use cases. It imitates the state machine of `Recognize image`, the
 * status-change event and the sweep. The environment may die at any step with an effect.
 */
export async function runImageCourse(course: ImageCourse): Promise<ImageTrace> {
  let now = IMAGE_START;
  let step = 0;
  let deaths = 0;
  /** A dead environment takes no step, whatever its code catches. */
  let isDead = false;
  let stopped = false;
  let uploads = 0;
  let mayHaveCreated = 0;
  let pauseChecks = 0;
  let { refusedEvents } = course;
  const pollsOf = new Map<string, number>();
  const imageTable = memoryImages();
  const taskTable = memoryRecords();
  const keys: string[] = [];
  /** Status-change events that close-task could not handle. */
  const unclosed: [status: EndedExecution['status'], error: string][] = [];
  const execution: Claimant = {
    executionArn: 'arn:aws:states:::execution:Recognize:one',
    startedAt: IMAGE_START,
  };

  function die(): never {
    deaths += 1;
    isDead = true;
    throw new DiedError();
  }

  async function during<T>(effect: () => Promise<T>): Promise<T> {
    if (isDead) throw new DiedError();
    step += 1;
    const crash = course.crashes.get(step);
    if (step === course.stopAt) await stop();
    if (crash === 'before') die();
    const result = await effect();
    if (crash === 'after') die();
    return result;
  }

  const written = (write: () => Promise<boolean>) =>
    during(async () => {
      // The steps within may be those of a stop, which have other numbers.
      const isLost = course.crashes.get(step) === 'lost';
      return (await write()) && !isLost;
    });
  const images = {
    read: (id: string) => during(() => imageTable.read(id)),
    write: (record: ImageRecord) => written(() => imageTable.write(record)),
  };
  const records = {
    read: (id: string) => during(() => taskTable.read(id)),
    write: (record: TaskRecord) => written(() => taskTable.write(record)),
  };
  const publish = ({ idempotencyKey }: { readonly idempotencyKey: string }) =>
    during(async () => {
      refusedEvents -= 1;
      if (refusedEvents >= 0) throw new BusError();
      keys.push(idempotencyKey);
    });

  const common = {
    images,
    records,
    now: () => now,
    random: () => 0.5,
    sleep: (seconds: number) =>
      during(async () => {
        now += seconds * 1000;
      }),
    isPollingPaused: () =>
      during(async () => {
        pauseChecks += 1;
        return course.pauses[pauseChecks - 1] ?? false;
      }),
    tagSource: () => during(async () => {}),
  };

  /** Sends an image. A death before the response leaves it open whether there is a task. */
  async function upload(): Promise<UploadResult> {
    const result = course.uploads[Math.min(uploads, course.uploads.length - 1)] ?? 'accepts';
    uploads += 1;
    const isCreating = result === 'accepts' || result === 'accepts silently';
    const taskId = `task-${uploads}`;
    return await during(async () => {
      now += 2000;
      if (isCreating) mayHaveCreated += 1;
      switch (result) {
        case 'accepts':
          return { kind: 'Accepted', taskId };
        case 'accepts silently':
          return { kind: 'Unknown', detail: 'reset' };
        case 'rejects':
          return { kind: 'NotAccepted', detail: 'HTTP 503' };
        case 'refuses':
          return { kind: 'Refused', reason: 'RefusedByVendor', message: 'HTTP 413' };
        case 'source fails':
          throw new SourceError();
      }
    });
  }

  async function poll(taskId: string): Promise<Poll> {
    const count = pollsOf.get(taskId) ?? 0;
    pollsOf.set(taskId, count + 1);
    const index = imageTable.all.get(IMAGE_ID)?.taskIds.indexOf(taskId) ?? 0;
    const steps = course.polls[Math.min(Math.max(0, index), course.polls.length - 1)] ?? [];
    const next = steps[Math.min(count, steps.length - 1)] ?? 'completed';
    return await during(async () => {
      now += 500;
      const polls: Record<PollStep, Poll> = {
        pending: aPoll({ ...responseOf(pendingPoll), id: taskId }),
        lost: notExistPoll,
        completed: aPoll({ id: taskId }),
        error: aPoll({ id: taskId, taskStatus: 'Error' }),
        unavailable: unavailablePoll,
      };
      return next === 'lost' ? aPoll({ ...responseOf(notExistPoll), id: taskId }) : polls[next];
    });
  }

  function submit() {
    const begun = now;
    const ports: SubmitImagePorts = {
      ...common,
      tasks: records,
      uploads: { upload },
      openSource: async (source) => ({
        kind: 'Opened',
        source,
        content: { bytes: PNG.length, head: PNG, read: async function* () {} },
      }),
      remainingSeconds: () => SUBMIT_SECONDS - (now - begun) / 1000,
      onUpload() {},
    };
    return submitImage({ imageId: IMAGE_ID, input: INPUT, maxUploads: course.maxUploads }, execution, ports);
  }

  function fetchOnce({ task, image, startedAt }: SubmitImageOutput) {
    const begun = now;
    const claimant = { ...execution, startedAt: Date.parse(startedAt) };
    const ports = {
      ...common,
      vendor: { poll: (_: unknown, taskId: string) => poll(taskId) },
      documents: { bucket: BUCKET, store: () => during(async () => NOTHING_STORED) },
      remainingSeconds: () => FETCH_SECONDS - (now - begun) / 1000,
      onPoll() {},
      onPause() {},
    };
    return fetchResult({ ...task, image }, claimant, {}, ports);
  }

  const closePorts = {
    ...common,
    bucket: BUCKET,
    events: { publish: async (_: string, detail: { readonly idempotencyKey: string }) => publish(detail) },
    publishRefusal: publish,
  };
  const close = (status: EndedExecution['status'], error = '') =>
    closeImage(
      { ...execution, status, error },
      { imageId: IMAGE_ID, input: INPUT, maxUploads: course.maxUploads },
      closePorts,
    );

  /** Retries as the state machine does. Errors that it does not retry are thrown. */
  async function withRetries<T>(work: () => Promise<T>, maxRetries = MAX_RETRIES): Promise<T | 'given up'> {
    for (let retries = 0; ; ) {
      try {
        return await work();
      } catch (error) {
        isDead = false;
        if (error instanceof UploadPostponed) {
          if (stopped) return 'given up';
          now += 60_000;
          continue;
        }
        const isFault = [DiedError, BusError, SourceError].some((type) => error instanceof type);
        if (!isFault) throw error;
        if (retries === maxRetries || stopped) return 'given up';
        retries += 1;
        now += 2 ** retries * 1000;
      }
    }
  }

  async function onStatusChange(status: EndedExecution['status'], error = ''): Promise<void> {
    // Lambda retries an event twice.
    if (course.losesStatusChange) return;
    if ((await withRetries(() => close(status, error), 2)) === 'given up') unclosed.push([status, error]);
  }

  async function stop(): Promise<void> {
    stopped = true;
    if (!course.losesStatusChange && !(await succeedsInTime(() => close('ABORTED'))))
      unclosed.push(['ABORTED', '']);
  }

  /** Lambda retries the event twice while the invocation of the stopped execution waits. */
  async function succeedsInTime(work: () => Promise<unknown>): Promise<boolean> {
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        await work();
        return true;
      } catch (error) {
        isDead = false;
        if (!(error instanceof DiedError || error instanceof BusError)) throw error;
      }
    }
    return false;
  }

  /** Runs the states, up to the end of the execution. @returns the error that ends it */
  async function states(): Promise<string | undefined> {
    for (;;) {
      let submitted: SubmitImageOutput | 'given up';
      try {
        submitted = await withRetries(submit);
      } catch (error) {
        if (!(error instanceof OcrImageRefused)) throw error;
        return error.name;
      }
      if (submitted === 'given up') return 'Runtime.ExitError';
      for (;;) {
        if (stopped) return undefined;
        const task = submitted;
        const output = await withRetries(() => fetchOnce(task));
        if (output === 'given up') return 'Runtime.ExitError';
        if ('outcome' in output) {
          if (stopped || !output.publish) return undefined;
          const published = await withRetries(() => publish(output.detail));
          return published === 'given up' ? 'EventBridge.FailedEntry' : undefined;
        }
        if (!('delaySeconds' in output)) break;
        now += output.delaySeconds * 1000;
      }
    }
  }

  const error = await states();
  if (!stopped && error !== undefined) {
    await withRetries(() => close('FAILED', error));
    if (!stopped) await onStatusChange('FAILED', error);
  }
  // An operator redrives the dead-letter queue until close-task succeeds.
  for (const [status, reason] of unclosed)
    while ((await withRetries(() => close(status, reason))) === 'given up');
  const ending = stopped ? 'ABORTED' : 'FAILED';
  // Each sweep may die, too.
  for (let sweeps = 0; sweeps < 60 && expiredLeases(Infinity).length > 0; sweeps += 1) {
    now += MAX_LEASE_SECONDS * 1000;
    await withRetries(() =>
      sweepTasks({
        ...closePorts,
        index: {
          expiredLeases: async function* (at) {
            yield* expiredLeases(at);
          },
        },
        executions: { endOf: async () => ending },
        remainingSeconds: () => 240,
        maxUploads: course.maxUploads,
        onFailure() {},
      }),
    );
  }

  function expiredLeases(at: number): ExpiredLease[] {
    const isExpired = ({ leaseExpiresAt }: { leaseExpiresAt: string }) => Date.parse(leaseExpiresAt) <= at;
    const { executionArn } = execution;
    return [
      ...[...imageTable.all.values()]
        .filter((image) => isOpenImage(image) && isExpired(image))
        .map(({ imageId }) => ({ executionArn, imageId })),
      ...[...taskTable.all.values()]
        .filter((task) => (!isTerminal(task) || task.terminalEvent === 'Pending') && isExpired(task))
        .map(({ taskId }) => ({ executionArn, taskId })),
    ];
  }

  return {
    image: imageTable.current(),
    tasks: [...taskTable.all.values()],
    keys,
    mayHaveCreated,
    uploads,
    crashes: deaths,
    stopped,
  };
}

/** Whether the sweep still has to do something about the image. */
export function isOpenImage({ state, terminalEvent }: ImageRecord): boolean {
  return (state !== 'Done' && state !== 'Refused') || terminalEvent === 'Pending';
}

function responseOf(poll: Poll) {
  if (poll.kind !== 'Responded') throw new TypeError('the poll has a response');
  return poll.response;
}
