import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { steadyClock, until, type WaitingClock } from '../../support/until.ts';
import { stepFunctions } from './aws-clients.ts';

/** DescribeExecution is limited to 10 to 15 calls a second, for all tests together. */
const EVERY_MILLISECONDS = 1000;

/** How often to ask for an execution that DescribeExecution does not know yet. */
const UNKNOWN_ATTEMPTS = 30;

/** Waits for the end of an execution, which need not have started yet. */
export async function executionEnd(
  executionArn: string,
  clock: WaitingClock = steadyClock,
): Promise<DescribeExecutionOutput> {
  const patience = { seconds: 120, everyMilliseconds: EVERY_MILLISECONDS, clock };
  return await until(`the end of ${executionArn}`, patience, async () => {
    const execution = await describe(executionArn);
    return execution?.status === 'RUNNING' ? undefined : execution;
  });
}

/** @returns false when the execution has ended, or is unknown for half a minute */
export async function stopIfRunning(
  executionArn: string,
  clock: WaitingClock = steadyClock,
): Promise<boolean> {
  for (let attempt = 1; attempt <= UNKNOWN_ATTEMPTS; attempt += 1) {
    const execution = await describe(executionArn);
    if (execution?.status === 'RUNNING') {
      await stepFunctions.send(new StopExecutionCommand({ executionArn }));
      return true;
    }
    if (execution !== undefined) return false;
    await clock.sleep(EVERY_MILLISECONDS);
  }
  return false;
}

/** Returns undefined for an unknown execution: a new one may be unknown for a while. */
async function describe(executionArn: string): Promise<DescribeExecutionOutput | undefined> {
  try {
    return await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}
