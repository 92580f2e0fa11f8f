import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOG_BYTES } from '../../bench/costs/task-cost.ts';
import { collectSimulated, type SimulatedResponse, ZERO_TIMES } from '../../bench/simulated-collection.ts';
import { type PollingOverrides, resolvePolicy } from '../../functions/core/polling-policy.ts';
import { worstCase } from '../../lib/worst-case.ts';
import type { ScriptedResponse } from '../../local/aspose-simulator/scripted-responses.ts';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';
import { type Collected, newTaskId, startTestCourier, type TestCourier } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';

/** Every random number, in the functions and in the simulation. */
const RANDOM = 0.37;

let scratch: string;
let courier: TestCourier;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ocr-courier-simulation-'));
  courier = await startTestCourier({ assemblyDirectory: await assemblyWithoutChance(scratch) });
});
afterAll(async () => {
  await courier[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

/** Copies the assembly with bundles that draw the same number each time. */
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

const SCRIPTED: Record<SimulatedResponse, ScriptedResponse> = {
  Pending: pending,
  Completed: completed('whale'),
  Error: { taskStatus: 'Error' },
  Fault: { httpStatus: 503 },
};

async function collect(
  taskId: string,
  responses: readonly SimulatedResponse[],
  polling: PollingOverrides,
): Promise<Collected> {
  courier.simulator.script(
    taskId,
    responses.map((response) => SCRIPTED[response]),
  );
  return await courier.collect({ taskId, polling });
}

/** Events of a state in GetExecutionHistory, without the start and the end of the execution. */
function eventsOf(state: string): number {
  if (state === 'Fetch result' || state.startsWith('Publish')) return 5;
  return state.startsWith('Task ') && !state.endsWith('?') ? 1 : 2;
}

const pendingTimes = (times: number): SimulatedResponse[] => Array<SimulatedResponse>(times).fill('Pending');

describe('the simulation counts what the state machine does', () => {
  // The last response repeats.
  it.each<[string, SimulatedResponse[], PollingOverrides]>([
    ['is Completed at the first poll', ['Completed'], {}],
    ['is Completed while the invocation holds', [...pendingTimes(8), 'Completed'], {}],
    ['is Completed after the hold', [...pendingTimes(24), 'Completed'], { preset: 'frugal' }],
    ['fails at Aspose', ['Pending', 'Error'], {}],
    ['has a few faults', ['Pending', 'Fault', 'Fault', 'Fault', 'Pending', 'Completed'], {}],
    ['has only faults', ['Fault'], {}],
    ['is never held', [...pendingTimes(5), 'Completed'], { holdSeconds: 0, firstPollDelaySeconds: 3 }],
    ['runs out of polls while the invocation holds', ['Pending'], { maxPolls: 12 }],
    ['runs out of polls and is never held', ['Pending'], { holdSeconds: 0, maxPolls: 5 }],
    ['runs out of polls after the hold', ['Pending'], { preset: 'eager', maxPolls: 40 }],
    ['stays Pending for 24 hours', ['Pending'], {}],
  ])('for a task that %s', async (_, responses, overrides) => {
    const polling = { preset: 'balanced', ...overrides } as const;
    const taskId = newTaskId();
    const usage = await collectSimulated({
      polling,
      times: ZERO_TIMES,
      respond: (_atSeconds, attempt) => responses[attempt - 1] ?? responses.at(-1) ?? 'Pending',
      random: () => RANDOM,
    });

    const { execution, record } = await collect(taskId, responses, polling);

    const states = execution.history.filter(({ type }) => type === 'StateEntered').map(({ state }) => state);
    const invocations = states.filter((state) => state === 'Fetch result').length;
    expect({
      polls: courier.simulator.requests.filter((request) => request.taskId === taskId).length,
      stateTransitions: states.length,
      invocations,
      recordReads: invocations,
      recordWrites: record?.version,
      objectsPut: (await courier.keys()).filter((key) => key.includes(`/${taskId}/`)).length,
      lambdaSeconds: usage.lambdaSeconds,
    }).toEqual(usage);
    const { polls, stateTransitions, historyEvents } = worstCase(resolvePolicy(polling));
    expect(usage.polls).toBeLessThanOrEqual(polls);
    expect(states.length).toBeLessThanOrEqual(stateTransitions);
    expect(states.reduce((sum, state) => sum + eventsOf(state), 2)).toBeLessThanOrEqual(historyEvents);
  });
});

it('a task writes log lines of the length that its cost assumes', async () => {
  const before = courier.logs.length;

  await collect(newTaskId(), ['Pending', 'Pending', 'Completed'], {});

  const bytes = courier.logs.slice(before).map((line) => Buffer.byteLength(line.trim()) + 26);
  const polls = bytes.slice(0, 3);
  const end = bytes.slice(3).reduce((sum, length) => sum + length, 0);
  for (const ratio of [Math.max(...polls) / LOG_BYTES.poll, end / LOG_BYTES.end]) {
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  }
});
