import { expect } from 'vitest';
import type { ImageRecord } from '../../../functions/contracts/image-record.ts';
import type { ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { openInbox, PNG, type RecognizedImage } from '../../support/inbox.ts';
import { completed, pending } from '../../support/responses.ts';
import type { AwsInjection } from '../layers/aws-fault-layer.ts';
import { type FaultyCourier, WHALE } from '../layers/faulty-courier.ts';
import { expectNoCanary, forgetAll } from './expect-sound.ts';

/** An upload that creates a task which completes. */
export const ACCEPTED: ScriptedUpload = { accept: { fetches: [pending, completed(WHALE)] } };

/** How an image must end. */
export interface ExpectedImage {
  /** The outcome of its last task, or the reason of its refusal. */
  readonly end: string | readonly string[];
  /** Fields of the record. */
  readonly record?: Partial<ImageRecord>;
  /** Number of uploads that reached Aspose. @default - at most two */
  readonly posts?: number;
  /** Number of terminal events. @default 1 */
  readonly events?: number;
}

/** A fault that an image meets. */
export interface ImageFault {
  /** Responses to the uploads; the last repeats. @default - the first one is accepted */
  readonly uploads?: readonly ScriptedUpload[];
  readonly content?: Uint8Array;
  /** Faults of calls to AWS. */
  readonly aws?: readonly AwsInjection[];
  readonly expected: ExpectedImage;
}

let images = 0;

/** Returns a key in the inbox that no other test uses. */
export function imageKey(): string {
  images += 1;
  return `inbox/RecognizeImage/image-${images}.png`;
}

/** Recognizes an image under a fault, and expects that its end is sound. Run one at a time. */
export async function expectSoundImageUnder(
  courier: FaultyCourier,
  { uploads = [ACCEPTED], content = PNG, aws = [], expected }: ImageFault,
): Promise<void> {
  const inbox = openInbox(courier);
  forgetAll(courier);
  courier.simulator.scriptUploads(uploads);
  const struck = aws.map((injection) => courier.aws.inject(injection));
  const key = imageKey();

  await inbox.put(key, content);
  const recognized = await inbox.settle(key);
  courier.aws.heal();

  for (const count of struck) expect(count(), 'the fault occurs').toBeGreaterThan(0);
  await expectSoundEnd(courier, recognized, expected);
}

/** Expects everything that must hold of an image after any fault. */
export async function expectSoundEnd(
  courier: FaultyCourier,
  { events, image }: RecognizedImage,
  expected: ExpectedImage,
): Promise<void> {
  const inbox = openInbox(courier);
  if (image === undefined) return expect.fail('the image has no record or no event');
  const { imageId, state, outcome, reason, taskIds, uploads, ambiguousUploads } = image;

  expect(events).toHaveLength(expected.events ?? 1);
  const keys = new Set(events.map(({ detail }) => Object(detail).idempotencyKey));
  const last = taskIds.at(-1);
  expect([...keys]).toEqual([
    last === undefined ? `image/${imageId}/${image.generation}` : `${image.operation}/${last}/1`,
  ]);

  expect([expected.end].flat()).toContain(outcome ?? reason);
  expect(state).toBe(last === undefined ? 'Refused' : 'Done');
  if (last === undefined) expect(image.terminalEvent).toBe('Published');
  expect(image).toMatchObject(expected.record ?? {});

  expect(uploads).toBe(taskIds.length + ambiguousUploads);
  expect(uploads).toBeLessThanOrEqual(2);
  if (expected.posts !== undefined) expect(inbox.uploads()).toBe(expected.posts);
  for (const [index, taskId] of taskIds.entries()) {
    const task = await courier.records.read(taskId);
    expect(task?.outcome).toBeDefined();
    expect(task?.replacedBy).toBe(taskIds[index + 1]);
  }
  expectNoCanary(courier, []);
}
