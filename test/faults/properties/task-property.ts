import fc from 'fast-check';
import { reproducible } from '../../support/reproducible.ts';
import { type Course, runCourse } from '../layers/workflow-in-memory.ts';
import { expectSoundCourse } from './expect-sound-course.ts';
import { courses } from './task-course.ts';
import { TASK_EXAMPLES } from './task-examples.ts';

/** Expects that random courses, and all examples, end soundly. */
export async function expectSoundTasks(numRuns: number): Promise<void> {
  const examples = TASK_EXAMPLES.map((course): [Course] => [course]);
  await fc.assert(
    fc.asyncProperty(courses, async (course) => expectSoundCourse(course, await runCourse(course))),
    { numRuns: numRuns + examples.length, examples, ...reproducible() },
  );
}
