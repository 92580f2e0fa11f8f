import type { FetchResultOutput } from '../contracts/fetch-result.ts';
import type { TaskImage } from '../contracts/submit-image.ts';
import { noteImageEnd } from './end-image.ts';
import { endedOutput, pollAgainOutput } from './fetch-result-output.ts';
import { pollUntilHandover } from './poll-loop.ts';
import { nextCheck, type PollingOverrides, resolvePolicy } from './polling-policy.ts';
import type { FetchResultPorts } from './ports.ts';
import { TaskConflict } from './task-errors.ts';
import { type Claimant, claimTask, type TaskToCollect } from './task-record.ts';
import { hasTimeFor, secondsSince } from './task-times.ts';

/** A task for one invocation of `Fetch result`. */
export interface FetchedTask extends TaskToCollect {
  readonly image?: TaskImage;
}

/**
 * Runs one invocation of `Fetch result`: claims the task, polls as long as the policy holds the
 * invocation, then stores and records the ending.
 *
 * @returns what the state machine does next: wait and invoke again, submit the image again, or
 * publish and end
 * @throws TaskConflict, and the errors of the record and document stores, which the state machine
 * retries
 */
export async function fetchResult(
  task: FetchedTask,
  claimant: Claimant,
  configured: PollingOverrides,
  ports: FetchResultPorts,
): Promise<FetchResultOutput> {
  const { image } = task;
  const resolved = resolvePolicy(configured, task.polling);
  const maxPolls = Math.min(resolved.maxPolls, image?.maxPolls ?? resolved.maxPolls);
  const policy = { ...resolved, maxPolls };
  let input: TaskToCollect = task;
  for (;;) {
    const claim = claimTask(await ports.records.read(input.taskId), input, claimant, ports.now());
    switch (claim.kind) {
      case 'Conflict':
        throw new TaskConflict(input.taskId, input.operation, claim.operation);
      case 'Ended': {
        const { record, owned } = claim;
        if (record.replacedBy !== undefined && !owned) {
          input = { ...input, taskId: record.replacedBy };
          break;
        }
        if (image !== undefined && owned) await noteImageEnd(image.imageId, record, ports);
        // The function that set terminalEvent publishes the event, or the sweep does.
        return endedOutput(record, ports.documents.bucket, owned && record.terminalEvent === undefined);
      }
      case 'Own': {
        if (!(await ports.records.write(claim.record))) break;
        const result = await pollUntilHandover(claim.record, policy, ports, image);
        if (result === 'Superseded') break;
        if (!('ended' in result)) return result;
        if (image !== undefined) await noteImageEnd(image.imageId, result.ended, ports);
        return endedOutput(result.ended, ports.documents.bucket, true);
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
