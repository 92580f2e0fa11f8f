import fc from 'fast-check';
import { expectSoundCourse } from './expect-sound-course.ts';
import { courses } from './task-course.ts';
import { type Course, runCourse } from './workflow-in-memory.ts';

/** What has once gone wrong, or nearly: run each time. */
const examples: [Course][] = [];

/** Whatever Aspose, the network and Lambda do, a task ends once, in time, with nothing but whole documents. */
export async function expectSoundTasks(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(courses, async (course) => expectSoundCourse(course, await runCourse(course))),
    { numRuns, examples },
  );
}
