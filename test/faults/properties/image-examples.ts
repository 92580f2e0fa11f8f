import type { ImageCourse } from '../layers/image-workflow-in-memory.ts';

const course = (different: Partial<ImageCourse>): ImageCourse => ({
  ...{ maxUploads: 2, uploads: ['accepts'], polls: [['pending', 'completed']], pauses: [] },
  ...{ crashes: new Map(), losesStatusChange: false, refusedEvents: 0 },
  ...different,
});

/** The first task is lost, and the second one completes. */
const lostOnce: Partial<ImageCourse> = { polls: [['pending', 'lost'], ['completed']] };

/** More than a course has: reads, writes, waits, uploads, polls, the tags, the event. */
const STEPS = Array.from({ length: 45 }, (_, index) => index + 1);

const KINDS: readonly Partial<ImageCourse>[] = [
  {},
  lostOnce,
  { uploads: ['accepts silently', 'accepts'] },
  { uploads: ['refuses'] },
];

const deathAtEachStep = KINDS.flatMap((kind) =>
  STEPS.flatMap((step) =>
    (['before', 'after', 'lost'] as const).map((moment) =>
      course({ ...kind, crashes: new Map([[step, moment]]) }),
    ),
  ),
);

/** A stop at each step, while the running invocation continues, or dies at the next step. */
const stopAtEachStep = KINDS.flatMap((kind) =>
  STEPS.flatMap((stopAt) => [
    course({ ...kind, stopAt }),
    course({ ...kind, stopAt, losesStatusChange: true }),
    course({ ...kind, stopAt, losesStatusChange: true, crashes: new Map([[stopAt, 'before']]) }),
    course({ ...kind, stopAt, losesStatusChange: true, crashes: new Map([[stopAt, 'after']]) }),
  ]),
);

/** Courses that once found a defect, in the code or in a copy with one broken line. */
export const IMAGE_EXAMPLES: readonly ImageCourse[] = [
  ...deathAtEachStep,
  ...stopAtEachStep,
  // The bus refuses the event until the sweep.
  ...KINDS.map((kind) => course({ ...kind, refusedEvents: 18, losesStatusChange: true })),
];
