import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startTestCourier } from '../support/courier.ts';
import { patchedAssembly } from '../support/patched-assembly.ts';
import { completed, pending } from '../support/responses.ts';

const templateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() }),
  ),
});

/** Limits the function that polls to one execution at a time. */
function withoutConcurrency(text: string): string {
  const template = templateSchema.parse(JSON.parse(text));
  const fetchResult = Object.entries(template.Resources).find(
    ([id, { Type }]) => id.includes('FetchResult') && Type === 'AWS::Lambda::Function',
  )?.[1];
  if (fetchResult?.Properties === undefined) throw new Error('the template has no function that polls');
  fetchResult.Properties['ReservedConcurrentExecutions'] = 1;
  return JSON.stringify(template);
}

describe('a throttled task', () => {
  it('O9: is collected once Lambda has capacity, even after hours', async () => {
    await using courier = await startTestCourier({
      assemblyDirectory: await patchedAssembly(withoutConcurrency),
    });
    const waiting = courier.createTask(completed('whale'));
    // Other tasks occupy the function for two minutes each, without a gap between them.
    let others = 60;
    async function occupy(): Promise<void> {
      const taskId = courier.createTask(...Array(40).fill(pending), completed('whale'));
      await courier.start({ taskId });
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
