import type { FetchResultOutput } from '../contracts/fetch-result.ts';
import type { ExecutionInput } from '../contracts/task-input.ts';
import { endedOutput, pollAgainOutput } from './fetch-result-output.ts';
import { pollUntilHandover } from './poll-loop.ts';
import { nextCheck, type PollingOverrides, resolvePolicy } from './polling-policy.ts';
import type { FetchResultPorts } from './ports.ts';
import { TaskConflict } from './task-errors.ts';
import { type Claimant, claimTask } from './task-record.ts';
import { hasTimeFor, secondsSince } from './task-times.ts';

/**
 * Runs one invocation of `Fetch result`: claims the task, polls as long as the policy holds the
 * invocation, then stores and records the ending.
 *
 * @returns what the state machine does next: wait and invoke again, or publish and end
 * @throws TaskConflict, and the errors of the record and document stores, which the state machine
 * retries
 */
export async function fetchResult(
  input: ExecutionInput,
  claimant: Claimant,
  configured: PollingOverrides,
  ports: FetchResultPorts,
): Promise<FetchResultOutput> {
  const policy = resolvePolicy(configured, input.polling);
  for (;;) {
    const claim = claimTask(await ports.records.read(input.taskId), input, claimant, ports.now());
    switch (claim.kind) {
      case 'Conflict':
        throw new TaskConflict(input.taskId, input.operation, claim.operation);
      case 'Ended':
        // The function that set terminalEvent publishes the event, or the sweep does.
        return endedOutput(
          claim.record,
          ports.documents.bucket,
          claim.owned && claim.record.terminalEvent === undefined,
        );
      case 'Own': {
        if (!(await ports.records.write(claim.record))) break;
        const output = await pollUntilHandover(claim.record, policy, ports);
        if (output !== 'Superseded') return output;
        break;
      }
      case 'Join': {
        const check = nextCheck(policy, secondsSince(claim.record.startedAt, ports), ports.random());
        const holds = check.hold && hasTimeFor(check.delaySeconds, ports);
        if (!holds) return pollAgainOutput(claim.record, check.delaySeconds);
        await ports.sleep(check.delaySeconds);
      }
    }
  }
}
