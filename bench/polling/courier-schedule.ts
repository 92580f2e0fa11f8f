import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { type AssumedTimes, collectSimulated } from '../simulated-collection.ts';
import type { Schedule, ScheduleOutcome, SimulatedTask } from './schedule.ts';

/** Assumed for our schedules and their rivals. */
export const POLLING_TIMES = {
  invokeSeconds: 0.05,
  pollSeconds: 0.15,
  readRecordSeconds: 0.01,
  writeRecordSeconds: 0.01,
  storeSeconds: 0.1,
} as const satisfies AssumedTimes;

/** The schedule of ocr-courier itself, by the use case that is deployed. */
export function courierSchedule(name: string, polling: PollingOverrides, startedAfterSeconds = 0): Schedule {
  async function collect({ isFinished, random, onPoll }: SimulatedTask): Promise<ScheduleOutcome> {
    let foundAtSeconds: number | undefined;
    const usage = await collectSimulated({
      polling,
      times: POLLING_TIMES,
      startedAfterSeconds,
      respond(atSeconds, attempt) {
        onPoll?.(atSeconds);
        if (!isFinished(atSeconds, attempt)) return 'Pending';
        foundAtSeconds = atSeconds;
        return 'Completed';
      },
      random,
    });
    return { foundAtSeconds, usage };
  }
  return { name, collect };
}
