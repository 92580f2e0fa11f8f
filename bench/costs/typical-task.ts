import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { type AssumedTimes, collectSimulated } from '../simulated-collection.ts';
import type { TaskUsage } from './task-cost.ts';

/** Not measured: AWS's own calls take tens of milliseconds, Aspose's a few hundred. */
export const TYPICAL_TIMES = {
  invokeSeconds: 0,
  pollSeconds: 0.3,
  /** Everything in an invocation except polls and storing, including the rare cold starts. */
  readRecordSeconds: 0.1,
  writeRecordSeconds: 0,
  storeSeconds: 0.2,
} as const satisfies AssumedTimes;

/** Collects a task that Aspose completes this long after its start. All random numbers are 0.5. */
export function typicalTask(polling: PollingOverrides, readyAfterSeconds: number): Promise<TaskUsage> {
  return collectSimulated({
    polling,
    times: TYPICAL_TIMES,
    respond: (atSeconds) => (atSeconds >= readyAfterSeconds ? 'Completed' : 'Pending'),
    random: () => 0.5,
  });
}
