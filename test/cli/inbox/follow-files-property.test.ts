import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InboxWorld, RECOGNITION_MS, RESCAN_MS, SETTLE_MS } from '../../support/inbox-world.ts';
import { reproducible } from '../../support/reproducible.ts';

/** A step of another program, of the user, or of time. */
type Step =
  | { readonly kind: 'Write'; readonly path: string; readonly content: string; readonly event: boolean }
  | { readonly kind: 'Delete' | 'Event' | 'Lock' | 'Unlock'; readonly path: string }
  | { readonly kind: 'Rename'; readonly path: string; readonly to: string; readonly event: boolean }
  | { readonly kind: 'Pass'; readonly milliseconds: number }
  | { readonly kind: 'Crash' | 'Restart' };

const paths = fc.constantFrom('a.png', 'b.PNG', 'c/d ü.pdf');
const contents = fc.constantFrom('whale', 'ocean', 'sea', 'bad', 'bad sea', '');
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('Write' as const),
      path: paths,
      content: contents,
      event: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('Delete' as const, 'Event' as const, 'Lock' as const, 'Unlock' as const),
      path: paths,
    }),
  },
  fc.record({ kind: fc.constant('Rename' as const), path: paths, to: paths, event: fc.boolean() }),
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('Pass' as const),
      milliseconds: fc.oneof(
        fc.constantFrom(0, 1, SETTLE_MS - 1, SETTLE_MS, SETTLE_MS + 1, RECOGNITION_MS, RESCAN_MS),
        fc.integer({ min: 0, max: 20_000 }),
      ),
    }),
  },
  fc.record({ kind: fc.constantFrom('Crash' as const, 'Restart' as const) }),
);

async function take(world: InboxWorld, step: Step): Promise<void> {
  switch (step.kind) {
    case 'Write':
      world.write(step.path, step.content);
      if (step.event) world.notice(step.path);
      return;
    case 'Delete':
      world.disk.delete(step.path);
      return;
    case 'Event':
      return world.notice(step.path);
    case 'Lock':
      world.locked.add(step.path);
      return;
    case 'Unlock':
      world.locked.delete(step.path);
      return;
    case 'Rename': {
      const file = world.disk.get(step.path);
      if (file === undefined) return;
      world.disk.delete(step.path);
      world.disk.set(step.to, { ...file, changedMs: world.clock.now() });
      if (step.event) for (const path of [step.path, step.to]) world.notice(path);
      return;
    }
    case 'Pass':
      return await world.pass(step.milliseconds);
    case 'Crash':
      world.crash();
      return world.start();
    case 'Restart':
      await world.stop();
      return world.start();
  }
}

async function takeAll(world: InboxWorld, course: readonly Step[]): Promise<void> {
  world.start();
  for (const step of course) await take(world, step);
  world.locked.clear();
  await world.passUntilQuiet();
}

function expectEndsOfPresentFiles(world: InboxWorld): void {
  for (const [path, { content }] of world.disk) {
    const outcome = content.startsWith('bad') ? 'Failed' : 'Completed';
    const expected = content === '' ? undefined : `${path}: ${content} -> ${outcome}`;
    const last = world.ended.findLast((ended) => ended.startsWith(`${path}: `));
    if (expected !== undefined) expect(last).toBe(expected);
  }
}

/** After another content, the first one needs to be recognized again, as its documents are gone. */
function expectNoRepetition(world: InboxWorld): void {
  for (const path of new Set(world.started.map((started) => started.path))) {
    const ends = world.ended.filter((ended) => ended.startsWith(`${path}: `));
    for (const [index, ended] of ends.entries()) expect(ended).not.toBe(ends[index - 1]);
  }
}

it('brings each content to its end exactly once, with any changes, events and crashes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async (course) => {
      using world = new InboxWorld();

      await takeAll(world, course);

      expectEndsOfPresentFiles(world);
      expectNoRepetition(world);
    }),
    { numRuns: 300, ...reproducible() },
  );
});

it('starts nothing after a restart when nothing changed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 15 }), async (course) => {
      using world = new InboxWorld();
      await takeAll(world, course);
      const started = world.started.length;

      world.crash();
      world.start();
      await world.passUntilQuiet();

      expect(world.started.length).toBe(started);
    }),
    { numRuns: 100, ...reproducible() },
  );
});

/** The last content of each path, unless it is empty. */
function lastContents(course: readonly Step[]): (readonly [path: string, content: string])[] {
  const writes = course.flatMap((step) =>
    step.kind === 'Write' ? [[step.path, step.content] as const] : [],
  );
  return [...new Map(writes)].filter(([, content]) => content !== '');
}

it('loses no original, and moves those that have ended, with any crashes', async () => {
  const moves = fc.record({ done: fc.boolean(), failed: fc.boolean() });
  const writes = steps.filter(({ kind }) => kind !== 'Delete' && kind !== 'Rename');
  await fc.assert(
    fc.asyncProperty(fc.array(writes, { maxLength: 25 }), moves, async (course, moved) => {
      using world = new InboxWorld({ moves: moved });

      await takeAll(world, course);

      for (const [path, content] of lastContents(course)) {
        const outcome = content.startsWith('bad') ? 'failed' : 'done';
        if (moved[outcome]) {
          expect(world.disk.has(path)).toBe(false);
          expect(world.moved).toContain(`${outcome}/${path}: ${content}`);
        } else expect(world.disk.get(path)?.content).toBe(content);
      }
    }),
    { numRuns: 200, ...reproducible() },
  );
});
