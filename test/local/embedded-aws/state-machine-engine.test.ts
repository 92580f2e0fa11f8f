import { expect, it } from 'vitest';
import { type Clock, VirtualClock } from '../../../local/clock.ts';
import { loadStateMachineEngine } from '../../../local/embedded-aws/state-machine-engine.ts';

const DAY_SECONDS = 86_400;

it('waits longer than a system timer can', async () => {
  const virtual = new VirtualClock(0);
  // Like a system timer, it fires immediately for a delay over 24.8 days.
  const clock: Clock = {
    now: () => virtual.now(),
    after: (milliseconds, callback) => virtual.after(milliseconds > 2 ** 31 - 1 ? 1 : milliseconds, callback),
    sleep: (milliseconds, signal) => virtual.sleep(milliseconds, signal),
    during: (work) => virtual.during(work),
  };
  const { StateMachine } = loadStateMachineEngine(clock);
  const wait = { Type: 'Wait', Seconds: 60 * DAY_SECONDS, End: true } as const;

  await new StateMachine({ StartAt: 'Wait', States: { Wait: wait } }).run({}).result;

  expect(virtual.now()).toBe(60 * DAY_SECONDS * 1000);
});

it('keeps the times of several clocks separate', async () => {
  const clocks = [new VirtualClock(0), new VirtualClock(1_000_000)];
  const wait = { Type: 'Wait', Seconds: 5, End: true } as const;

  await Promise.all(
    clocks.map((clock) => {
      const { StateMachine } = loadStateMachineEngine(clock);
      return new StateMachine({ StartAt: 'Wait', States: { Wait: wait } }).run({}).result;
    }),
  );

  expect(clocks.map((clock) => clock.now())).toEqual([5000, 1_005_000]);
});
