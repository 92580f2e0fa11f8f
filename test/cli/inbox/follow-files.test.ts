import { expect, it } from 'vitest';
import { InboxWorld, RECOGNITION_MS, RESCAN_MS, SETTLE_MS } from '../../support/inbox-world.ts';

it('waits until a file that is written in slow halves is complete', async () => {
  using world = new InboxWorld();
  world.start();
  world.write('slow.png', 'wh');
  world.notice('slow.png');
  await world.pass(SETTLE_MS - 1);
  world.write('slow.png', 'whale');
  await world.passUntilQuiet();

  expect(world.started).toEqual([{ path: 'slow.png', content: 'whale', end: 'Completed' }]);
});

it('recognizes two names with equal content', async () => {
  using world = new InboxWorld();
  world.write('a.png', 'whale');
  world.write('b.PNG', 'whale');
  world.start();
  await world.passUntilQuiet();

  expect(world.ended).toEqual(['a.png: whale -> Completed', 'b.PNG: whale -> Completed']);
});

it('finds a file without an event by its next scan', async () => {
  using world = new InboxWorld();
  world.start();
  await world.pass(1);
  world.write('silent.png', 'whale');
  await world.pass(RESCAN_MS + SETTLE_MS + RECOGNITION_MS);

  expect(world.ended).toEqual(['silent.png: whale -> Completed']);
});

it('waits for a file that is empty or locked, without an end', async () => {
  using world = new InboxWorld();
  world.write('empty.png', '');
  world.write('locked.png', 'whale');
  world.locked.add('locked.png');
  world.start();
  await world.passUntilQuiet();
  expect(world.started).toEqual([]);

  world.write('empty.png', 'sea');
  world.locked.delete('locked.png');
  await world.pass(2 * SETTLE_MS + RECOGNITION_MS);

  expect(world.ended.toSorted()).toEqual(['empty.png: sea -> Completed', 'locked.png: whale -> Completed']);
});

it('repeats nothing after a restart: neither a done file nor an unchanged failed one', async () => {
  using world = new InboxWorld();
  world.write('good.png', 'whale');
  world.write('bad.png', 'bad');
  world.start();
  await world.passUntilQuiet();
  await world.stop();
  world.start();
  await world.passUntilQuiet();

  expect(world.ended).toEqual(['good.png: whale -> Completed', 'bad.png: bad -> Failed']);
  expect(world.started).toHaveLength(2);
});

it('tries a failed file again when its content changes, also to one of the same size and age', async () => {
  using world = new InboxWorld();
  world.write('a.png', 'bad');
  world.start();
  await world.passUntilQuiet();
  const { modifiedMs = 0 } = world.disk.get('a.png') ?? {};
  world.disk.set('a.png', { content: 'new', modifiedMs, changedMs: world.clock.now() });
  await world.passUntilQuiet();

  expect(world.ended).toEqual(['a.png: bad -> Failed', 'a.png: new -> Completed']);
});

it('repeats nothing when only the time of a file changes, also while it runs', async () => {
  using world = new InboxWorld();
  world.write('a.png', 'whale');
  world.start();
  await world.pass(SETTLE_MS + 1);
  expect(world.started).toHaveLength(1);
  world.write('a.png', 'whale');
  await world.passUntilQuiet();
  world.write('a.png', 'whale');
  await world.passUntilQuiet();

  expect(world.started).toEqual([{ path: 'a.png', content: 'whale', end: 'Completed' }]);
});

it('recognizes a file again that changes while it runs, and reports only the second end', async () => {
  using world = new InboxWorld();
  world.write('a.png', 'whale');
  world.start();
  await world.pass(SETTLE_MS + 1);
  world.write('a.png', 'white whale');
  await world.passUntilQuiet();

  expect(world.ended).toEqual(['a.png: white whale -> Completed']);
  expect(world.notes).toEqual(['a.png changed while it was recognized, and is recognized again']);
});

it('tries a failed file again with other settings, and repeats no done file', async () => {
  using world = new InboxWorld();
  world.write('good.png', 'whale');
  world.write('bad.png', 'bad');
  world.start();
  await world.passUntilQuiet();
  await world.stop();
  world.start({ request: 'RecognizeTable' });
  await world.passUntilQuiet();

  expect(world.ended.slice(2)).toEqual(['bad.png: bad -> Failed']);
});

it('tries a file again that was running when the process died', async () => {
  using world = new InboxWorld();
  world.write('a.png', 'whale');
  world.start();
  await world.pass(SETTLE_MS + 1);
  world.crash();
  world.start();
  await world.passUntilQuiet();

  expect(world.started).toEqual([
    { path: 'a.png', content: 'whale' },
    { path: 'a.png', content: 'whale', end: 'Completed' },
  ]);
});

it('ends the running files and starts no other when it stops', async () => {
  using world = new InboxWorld();
  for (const name of ['a', 'b', 'c']) world.write(name, name);
  world.start();
  await world.pass(SETTLE_MS + 1);
  await world.stop();
  await world.passUntilQuiet();

  expect(world.ended).toEqual(['a: a -> Completed', 'b: b -> Completed']);
  expect(world.started).toHaveLength(2);
});

it('forgets a file that disappears before it settled or while it waits', async () => {
  using world = new InboxWorld();
  for (const name of ['a', 'b', 'c', 'd']) world.write(name, name);
  world.start();
  await world.pass(1);
  world.disk.delete('d');
  world.notice('d');
  await world.pass(SETTLE_MS);
  world.disk.delete('c');
  world.notice('c');
  await world.passUntilQuiet();

  expect(world.ended).toEqual(['a: a -> Completed', 'b: b -> Completed']);
  expect(world.started).toHaveLength(2);
});

it('never leaves the inbox, and checks no ignored path', async () => {
  using world = new InboxWorld();
  for (const path of ['../outside.png', 'a/../../outside.png', '.hidden/a.png', 'a.png.PART']) {
    world.write(path, 'whale');
    world.notice(path);
  }
  world.start();
  await world.passUntilQuiet();

  expect(world.started).toEqual([]);
});

it('moves each original to where its outcome belongs', async () => {
  using world = new InboxWorld({ moves: { done: true, failed: true } });
  world.write('good.png', 'whale');
  world.write('bad.png', 'bad');
  world.start();
  await world.passUntilQuiet();

  expect(world.moved).toEqual(['done/good.png: whale', 'failed/bad.png: bad']);
  expect([...world.stored.keys()]).toEqual(['good.png']);
});

it('moves known content that is put into the inbox again, without recognizing it', async () => {
  using world = new InboxWorld({ moves: { done: true, failed: false } });
  world.write('good.png', 'whale');
  world.start();
  await world.passUntilQuiet();
  world.write('good.png', 'whale');
  await world.passUntilQuiet();

  expect(world.moved).toEqual(['done/good.png: whale', 'done/good.png: whale']);
  expect(world.started).toHaveLength(1);
  expect(world.notes).toEqual(['good.png was recognized before, with the same content']);
});

it('tries a failed file again that is put back after it was moved', async () => {
  using world = new InboxWorld({ moves: { done: false, failed: true } });
  world.write('bad.png', 'bad');
  world.start();
  await world.passUntilQuiet();
  world.write('bad.png', 'bad');
  await world.passUntilQuiet();

  expect(world.started).toHaveLength(2);
});

it('forgets a failed file that was moved just before the process died', async () => {
  using world = new InboxWorld({ moves: { done: false, failed: true } });
  world.write('bad.png', 'bad');
  world.start({ moves: { done: false, failed: false } });
  await world.passUntilQuiet();
  world.crash();
  world.disk.clear();
  world.start();
  await world.passUntilQuiet();

  expect(world.stored.size).toBe(0);
});

it('finishes a move that a crash prevented', async () => {
  using world = new InboxWorld();
  world.write('good.png', 'whale');
  world.start();
  await world.passUntilQuiet();
  world.crash();
  world.start({ moves: { done: true, failed: false } });
  await world.passUntilQuiet();

  expect(world.moved).toEqual(['done/good.png: whale']);
  expect(world.started).toHaveLength(1);
});

it('lets a file settle again that changed while it waited', async () => {
  using world = new InboxWorld();
  for (const name of ['a', 'b', 'c']) world.write(name, name);
  world.start();
  await world.pass(SETTLE_MS + RECOGNITION_MS - 1);
  world.write('c', 'changed');
  await world.passUntilQuiet();

  expect(world.ended).toEqual(['a: a -> Completed', 'b: b -> Completed', 'c: changed -> Completed']);
});

it('moves nothing when the original disappears while it runs', async () => {
  using world = new InboxWorld({ moves: { done: true, failed: true } });
  world.write('good.png', 'whale');
  world.start();
  await world.pass(SETTLE_MS + 1);
  world.disk.clear();
  await world.passUntilQuiet();

  expect(world.ended).toEqual(['good.png: whale -> Completed']);
  expect({ moved: world.moved, notes: world.notes }).toEqual({ moved: [], notes: [] });
});

it('reports once that an original cannot be moved', async () => {
  using world = new InboxWorld({ moves: { done: true, failed: true } });
  world.write('good.png', 'whale');
  world.immovable.add('good.png');
  world.start();
  await world.passUntilQuiet();
  await world.pass(3 * RESCAN_MS);

  expect(world.notes).toEqual(['good.png Error: EACCES']);
  expect(world.started).toHaveLength(1);
});

it('leaves no timer behind when it stops, also during its first scan', async () => {
  using world = new InboxWorld();
  world.start();
  await world.stop();
  await world.pass(1);
  expect(world.timers.size).toBe(0);

  world.write('a.png', 'whale');
  world.start();
  await world.pass(1);
  world.notice('a.png');
  await world.pass(1);
  expect(world.timers.size).toBe(2);
  await world.stop();
  expect(world.timers.size).toBe(0);
});
