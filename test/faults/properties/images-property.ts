import fc from 'fast-check';
import { expect } from 'vitest';
import { isTerminal } from '../../../functions/core/task-record.ts';
import { reproducible } from '../../support/reproducible.ts';
import {
  type ImageCourse,
  type ImageTrace,
  isOpenImage,
  runImageCourse,
} from '../layers/image-workflow-in-memory.ts';
import { IMAGE_EXAMPLES } from './image-examples.ts';

const someUploads = fc.constantFrom(
  ...(['accepts', 'accepts', 'accepts', 'accepts silently', 'rejects', 'refuses', 'source fails'] as const),
);
const somePolls = fc.constantFrom(
  ...(['pending', 'pending', 'lost', 'lost', 'completed', 'error', 'unavailable'] as const),
);

/** Everything that Aspose, Lambda, EventBridge and operators can do to an image. */
const imageCourses: fc.Arbitrary<ImageCourse> = fc.record(
  {
    maxUploads: fc.integer({ min: 1, max: 4 }),
    uploads: fc.array(someUploads, { minLength: 1, maxLength: 6 }),
    polls: fc.array(fc.array(somePolls, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    pauses: fc.array(fc.boolean(), { maxLength: 6 }),
    crashes: fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom('before', 'after', 'lost')), {
        maxLength: 12,
        selector: ([step]) => step,
      })
      .map((crashes) => new Map(crashes)),
    stopAt: fc.integer({ min: 1, max: 60 }),
    losesStatusChange: fc.boolean(),
    refusedEvents: fc.constantFrom(0, 0, 0, 1, 3, 8, 20),
  },
  {
    requiredKeys: [
      'maxUploads',
      'uploads',
      'polls',
      'pauses',
      'crashes',
      'losesStatusChange',
      'refusedEvents',
    ],
  },
);

/** Runs random courses of images, and all examples. Expects that each image ends soundly. */
export async function expectSoundImages(numRuns: number): Promise<void> {
  const examples = IMAGE_EXAMPLES.map((course): [ImageCourse] => [course]);
  await fc.assert(
    fc.asyncProperty(imageCourses, async (course) => expectSoundImage(course, await runImageCourse(course))),
    { numRuns: numRuns + examples.length, examples, ...reproducible() },
  );
}

/** Expects everything that must hold after any course. */
export function expectSoundImage(course: ImageCourse, trace: ImageTrace): void {
  const { maxUploads, refusedEvents } = course;
  const { image, tasks, keys, mayHaveCreated, stopped } = trace;
  const isUndisturbed = course.crashes.size === 0 && !stopped;
  if (image === undefined) {
    expect(mayHaveCreated).toBe(0);
    return;
  }

  // Nothing is left open, and each lost task names the next one.
  expect(isOpenImage(image), `image ${image.state}`).toBe(false);
  const tasksInOrder = image.taskIds.map((taskId) => tasks.find((task) => task.taskId === taskId));
  expect(tasks.map(({ taskId }) => taskId).toSorted()).toEqual(image.taskIds.toSorted());
  for (const [index, task] of tasksInOrder.entries()) {
    if (task === undefined || !isTerminal(task)) throw new Error(`task ${index} has not ended`);
    expect(task.terminalEvent).not.toBe('Pending');
    expect(task.replacedBy).toBe(image.taskIds[index + 1]);
  }

  // There is one terminal event; repetitions have its key.
  const last = image.taskIds.at(-1);
  const key = last === undefined ? `image/${image.imageId}/1` : `RecognizeImage/${last}/1`;
  // The state machine may have been stopped just before it published the event of a recorded
  // outcome, and nobody was notified.
  const endedUnpublished = tasksInOrder.at(-1)?.terminalEvent === undefined && last !== undefined;
  const isForgotten = stopped && course.losesStatusChange && endedUnpublished;
  if (!isForgotten || keys.length > 0) expect([...new Set(keys)]).toEqual([key]);
  if (isUndisturbed && refusedEvents === 0) expect(keys).toHaveLength(1);

  // Aspose gets no more uploads than allowed, and each one is counted.
  expect(mayHaveCreated).toBeLessThanOrEqual(maxUploads);
  expect(image.uploads).toBeLessThanOrEqual(maxUploads);
  expect(image.uploads).toBe(image.taskIds.length + image.ambiguousUploads);
  // A stopped execution's invocation may begin an upload that the record no longer notes.
  if (!stopped) expect(image.uploads).toBeGreaterThanOrEqual(mayHaveCreated);
  if (isUndisturbed) expect(image.uploads).toBe(mayHaveCreated);

  if (last !== undefined) {
    expect(image.state).toBe('Done');
    expect(image.outcome).toBe(tasksInOrder.at(-1)?.outcome);
  } else {
    expect(image.state).toBe('Refused');
    expect(image.reason).toBeDefined();
  }
}
