import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';
import { newTaskId, startTestCourier } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';

const templateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() }),
  ),
});

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ocr-courier-throttled-'));
});
afterEach(() => rm(scratch, { recursive: true }));

/** A copy of the assembly whose fetch Lambda may run once at a time. */
async function assemblyWithoutConcurrency(): Promise<string> {
  await cp(await ensureAssembly(), scratch, { recursive: true });
  const file = (await readdir(scratch)).find((name) => name.endsWith('.template.json'));
  if (file === undefined) throw new Error('the assembly has no template');
  const template = templateSchema.parse(JSON.parse(await readFile(join(scratch, file), 'utf8')));
  const fetchResult = Object.entries(template.Resources).find(
    ([id, { Type }]) => id.includes('FetchResult') && Type === 'AWS::Lambda::Function',
  )?.[1];
  if (fetchResult?.Properties === undefined) throw new Error('the template has no fetch Lambda');
  fetchResult.Properties['ReservedConcurrentExecutions'] = 1;
  await writeFile(join(scratch, file), JSON.stringify(template));
  return scratch;
}

describe('a task for which Lambda has no room', () => {
  it('takes its turn, were it after hours, and is not lost', async () => {
    await using courier = await startTestCourier({ assemblyDirectory: await assemblyWithoutConcurrency() });
    const waiting = newTaskId();
    courier.simulator.script(waiting, [completed]);
    // Others occupy the one place for two minutes each, one at the very moment that another leaves it.
    let others = 60;
    async function occupy(): Promise<void> {
      const taskId = newTaskId();
      courier.simulator.script(taskId, [...Array(40).fill(pending), completed]);
      await courier.stack.startExecution({ input: { taskId } });
    }
    courier.stack.onEvent((event) => {
      const { status } = Object(event.detail);
      if (event.source !== 'aws.states' || status !== 'SUCCEEDED' || others === 0) return;
      others -= 1;
      void occupy();
    });

    await occupy();
    await courier.clock.sleep(1000);
    const { execution } = await courier.collect({ taskId: waiting });

    const retries = execution.history.filter(({ type }) => type === 'StateRetried');
    const waitedSeconds = (courier.clock.now() - execution.startDate.getTime()) / 1000;
    expect(execution.status).toBe('SUCCEEDED');
    expect(others).toBe(0);
    expect(waitedSeconds).toBeGreaterThan(2 * 3600 - 600);
    expect(retries.length).toBeGreaterThan(150);
  });
});
