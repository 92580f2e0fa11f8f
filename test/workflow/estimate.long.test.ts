import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PollingOverrides, resolvePolicy } from '../../functions/core/polling-policy.ts';
import { worstCase } from '../../lib/polling-estimate.ts';
import { LOG_BYTES } from '../../lib/task-cost.ts';
import { type PollAnswer, walkTask } from '../../lib/task-walk.ts';
import type { ScriptedResponse } from '../../local/aspose-simulator/scripted-responses.ts';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';
import { type Collected, newTaskId, startTestCourier, type TestCourier } from '../support/courier.ts';
import { base64 } from '../support/responses.ts';

/** What chance says to the functions, and to the walk. */
const RANDOM = 0.37;

let scratch: string;
let courier: TestCourier;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ocr-courier-estimate-'));
  courier = await startTestCourier({ assemblyDirectory: await assemblyWithoutChance(scratch) });
});
afterAll(async () => {
  await courier[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

/** A copy of the assembly whose bundles draw the same number each time. */
async function assemblyWithoutChance(directory: string): Promise<string> {
  await cp(await ensureAssembly(), directory, { recursive: true });
  for (const name of await readdir(directory)) {
    if (!name.startsWith('asset.')) continue;
    const file = join(directory, name, 'index.js');
    const bundle = await readFile(file, 'utf8').catch(() => undefined);
    if (bundle !== undefined) await writeFile(file, `Math.random = () => ${RANDOM};\n${bundle}`);
  }
  return directory;
}

const ANSWERS: Record<PollAnswer, ScriptedResponse> = {
  Alive: { taskStatus: 'Pending' },
  Completed: { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('whale') }] },
  Failed: { taskStatus: 'Error' },
  Fault: { httpStatus: 503 },
};

/** What the walk says of a task that gets these answers, the last one again and again; on virtual time nothing takes time. */
function walked(answers: readonly PollAnswer[], polling: PollingOverrides) {
  let polls = 0;
  return walkTask(resolvePolicy(polling), {
    answer() {
      polls += 1;
      return answers[polls - 1] ?? answers.at(-1) ?? 'Alive';
    },
    random: () => RANDOM,
    pollSeconds: 0,
    invocationSeconds: 0,
    storeSeconds: 0,
  });
}

async function collect(answers: readonly PollAnswer[], polling: PollingOverrides): Promise<Collected> {
  const taskId = newTaskId();
  courier.simulator.script(
    taskId,
    answers.map((answer) => ANSWERS[answer]),
  );
  return await courier.collect({ taskId, polling });
}

const entered = ({ history }: Execution) =>
  history.filter(({ type }) => type === 'StateEntered').map(({ state }) => state);

/** The events that GetExecutionHistory lists for a state, by AWS's documentation; start and end of the execution come on top. */
function eventsOf(state: string): number {
  if (state === 'Fetch result' || state.startsWith('Publish')) return 5;
  return state.startsWith('Task ') && !state.endsWith('?') ? 1 : 2;
}

const pending = (times: number): PollAnswer[] => Array<PollAnswer>(times).fill('Alive');

describe('the walk of a task', () => {
  it.each<[string, PollAnswer[], PollingOverrides]>([
    ['is Completed at the first poll', ['Completed'], {}],
    ['is Completed while it is held', [...pending(3), 'Completed'], {}],
    ['is Completed after the hold', [...pending(24), 'Completed'], { preset: 'frugal' }],
    ['fails at Aspose', ['Alive', 'Failed'], {}],
    ['meets faults', ['Alive', 'Fault', 'Fault', 'Fault', 'Alive', 'Completed'], {}],
    ['meets nothing but faults', ['Fault'], {}],
    ['is never held', [...pending(5), 'Completed'], { holdSeconds: 0, firstPollDelaySeconds: 3 }],
    ['stays Pending until its last poll', ['Alive'], { preset: 'eager', maxPolls: 40 }],
    ['stays Pending for 24 hours', ['Alive'], {}],
  ])(
    'which %s has the polls, states and writes that the state machine makes of it',
    async (_, answers, own) => {
      const polling = { preset: 'balanced', ...own } as const;
      const prediction = walked(answers, polling);

      const { execution, record } = await collect(answers, polling);

      const states = entered(execution);
      expect({
        polls: record?.attempts,
        stateTransitions: states.length,
        waits: states.filter((state) => state === 'Wait before next poll').length,
        invocations: states.filter((state) => state === 'Fetch result').length,
        recordWrites: record?.version,
      }).toEqual({
        polls: prediction.polls,
        stateTransitions: prediction.stateTransitions,
        waits: prediction.waits,
        invocations: prediction.invocations,
        recordWrites: prediction.recordWrites,
      });
      const most = worstCase(resolvePolicy(polling));
      const events = states.reduce((sum, state) => sum + eventsOf(state), 2);
      expect(prediction.polls).toBeLessThanOrEqual(most.polls);
      expect(states.length).toBeLessThanOrEqual(most.stateTransitions);
      expect(events).toBeLessThanOrEqual(most.historyEvents);
    },
  );
});

it('the lines that a task writes into its log are as long as its cost assumes', async () => {
  const before = courier.logs.length;

  await collect(['Alive', 'Alive', 'Completed'], {});

  const bytes = courier.logs.slice(before).map((line) => Buffer.byteLength(line.trim()) + 26);
  const polls = bytes.slice(0, 3);
  const end = bytes.slice(3).reduce((sum, length) => sum + length, 0);
  for (const ratio of [Math.max(...polls) / LOG_BYTES.poll, end / LOG_BYTES.end]) {
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  }
});
