import * as z from 'zod/mini';
import type { CommandContext, OutputOptions } from '../../cli/output-options.ts';
import { EVENT_SOURCE } from '../../functions/contracts/task-event.ts';
import type { ExecutionInput } from '../../functions/contracts/task-input.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../embedded-aws/event-bus.ts';
import { collectStateMachineArn } from './local-courier.ts';
import { type EndedRun, runOnCourier } from './run-on-courier.ts';
import type { VendorChoice } from './vendor.ts';

const taskEventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  detail: z.object({ taskId: z.string() }),
});

/**
 * Collects one task on the embedded AWS, and prints the outcome to stdout.
 *
 * @returns the exit status
 */
export async function collectAndReport(
  choice: VendorChoice,
  input: ExecutionInput,
  options: OutputOptions,
  context: CommandContext,
): Promise<number> {
  const { progress, cancelled } = context;
  const { taskId } = input;
  async function run(stack: EmbeddedStack): Promise<EndedRun> {
    let event: EventBridgeEvent | undefined;
    stack.onEvent((published) => {
      if (z.safeParse(taskEventSchema, published).data?.detail.taskId === taskId) event = published;
    });
    progress.doing(`waiting for task ${taskId}`);
    const stateMachineArn = collectStateMachineArn(stack);
    const { executionArn } = await stack.startExecution({ stateMachineArn, input });
    const stop = () => stack.stopExecution(executionArn, 'Cancelled', 'stopped at the command line');
    cancelled.addEventListener('abort', stop, { once: true });
    await stack.executionEnded(executionArn);
    cancelled.removeEventListener('abort', stop);
    await stack.settled();
    return { executionArn, taskId, event };
  }
  return await runOnCourier(choice, options, context, run);
}
