import { type FetchResultOutput, LOST_STATUS } from '../contracts/fetch-result.ts';
import type { TaskImage } from '../contracts/submit-image.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { type Ending, ending } from './assess-poll.ts';
import { pollAgainOutput } from './fetch-result-output.ts';
import { finishTask } from './finish-task.ts';
import { lostEnding } from './lost-task.ts';
import { firstPollOfInvocation, pollStep } from './poll-step.ts';
import type { PollingPolicy } from './polling-policy.ts';
import type { FetchResultPorts, PollReport } from './ports.ts';
import { isExpired, scheduleNextPoll, type TerminalRecord } from './task-record.ts';
import { expiresInSeconds, hasTimeFor } from './task-times.ts';

/** What follows: another invocation, or nothing, because the task has ended. */
export type Handover =
  | FetchResultOutput
  | { readonly ended: TerminalRecord }
  /** Another execution has written the record in the meantime. */
  | 'Superseded';

/**
 * Polls a task that this execution owns, until the task ends or the next poll is left to a later
 * invocation.
 *
 * @param image the task's image, if ocr-courier submitted it
 */
export async function pollUntilHandover(
  claimed: TaskRecord,
  policy: PollingPolicy,
  ports: FetchResultPorts,
  image?: TaskImage,
): Promise<Handover> {
  const lost = lostEnding(claimed, image?.warnings);
  if (lost !== undefined) return await finish(claimed, lost, ports, image);
  if (await ports.isPollingPaused()) return await waitForResume(claimed, ports, image);
  let record = claimed;
  let next = firstPollOfInvocation(record, policy, ports);
  for (let polls = 0; next.kind === 'Poll'; polls += 1) {
    const holds = next.hold && (polls === 0 || hasTimeFor(next.delaySeconds, ports));
    if (polls > 0 || !holds) {
      // Written before each wait, so that polls are counted even if this invocation dies, and a
      // takeover is noticed.
      record = scheduleNextPoll(record, next.delaySeconds, ports.now());
      if (!(await ports.records.write(record))) return 'Superseded';
    }
    if (!holds) return pollAgainOutput(record, next.delaySeconds);
    await ports.sleep(next.delaySeconds);

    const step = await pollStep(record, policy, ports);
    record = step.record;
    if (step.kind === 'End') return finish(record, step.ending, ports, image, step.report);
    next = step.next;
  }
  return finish(record, ending({ outcome: 'TimedOut', reason: next.reason }), ports, image);
}

/**
 * How often a task checks whether polling is still paused. After a pause, tasks resume spread over
 * this time.
 */
const PAUSE_CHECK_SECONDS = 300;

/**
 * Waits while polling is paused, even past the task's deadline: the task gets its poll afterwards.
 * It ends only once Aspose has deleted the result.
 */
async function waitForResume(
  claimed: TaskRecord,
  ports: FetchResultPorts,
  image: TaskImage | undefined,
): Promise<Handover> {
  ports.onPause(expiresInSeconds(claimed, ports));
  if (isExpired(claimed, ports.now())) {
    const message = 'Polling stayed paused until Aspose deleted the result.';
    const timedOut = ending({ outcome: 'TimedOut', reason: 'Deadline', messages: [message] });
    return finish(claimed, timedOut, ports, image);
  }
  const waiting = scheduleNextPoll(claimed, PAUSE_CHECK_SECONDS, ports.now());
  return (await ports.records.write(waiting)) ? pollAgainOutput(waiting, PAUSE_CHECK_SECONDS) : 'Superseded';
}

async function finish(
  record: TaskRecord,
  end: Ending,
  ports: FetchResultPorts,
  image: TaskImage | undefined,
  lastPoll?: PollReport,
): Promise<Handover> {
  const finished = await finishTask(record, end, ports, image, lastPoll);
  switch (finished.kind) {
    case 'Ended':
      return { ended: finished.record };
    case 'Lost':
      return { taskStatus: LOST_STATUS, attempts: finished.record.attempts };
    case 'Superseded':
      return 'Superseded';
  }
}
