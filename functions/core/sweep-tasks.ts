import type { TaskEventDetail } from '../contracts/task-event.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { type CloseTaskPorts, closeTask, type EndedExecution } from './close-task.ts';
import { RESULT_LIFETIME_SECONDS } from './polling-policy.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface ExpiredLeases {
  /**
   * Tasks that are unpublished or open and whose lease expired before `now`. Unpublished tasks come
   * first. Open tasks that started at `from` come next; the others follow in turn.
   */
  expiredLeases(now: number, from: number): AsyncIterable<Pick<TaskRecord, 'taskId' | 'executionArn'>>;
}

export interface ExecutionStatuses {
  /** Returns how the execution ended; undefined while it runs. */
  endOf(executionArn: string): Promise<EndedExecution['status'] | undefined>;
}

export interface SweepTasksPorts extends CloseTaskPorts {
  readonly index: ExpiredLeases;
  readonly executions: ExecutionStatuses;
  sleep(seconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** Time left in this invocation. */
  remainingSeconds(): number;
  /** Called for each task that could not be closed. The next sweep tries again. */
  onFailure(taskId: string, error: unknown): void;
}

/**
 * DescribeExecution allows 10 to 15 calls per second in an account, after a burst of 300. Others
 * need the rest.
 */
const SECONDS_PER_EXECUTION = 0.2;

/** Enough for one more task, with all retries of the AWS SDK. */
const RESERVED_SECONDS = 30;

/**
 * Closes tasks whose execution has ended without closing them. AWS delivers the status-change
 * events of executions on a best-effort basis, so one may never arrive.
 *
 * @returns the details of the published events
 */
export async function sweepTasks(ports: SweepTasksPorts): Promise<TaskEventDetail[]> {
  const published: TaskEventDetail[] = [];
  const now = ports.now();
  // A random place, so that thousands of throttled executions cannot hide an ended one forever.
  const from = now - ports.random() * RESULT_LIFETIME_SECONDS * 1000;
  for await (const { taskId, executionArn } of ports.index.expiredLeases(now, from)) {
    if (ports.remainingSeconds() < RESERVED_SECONDS) break;
    try {
      const detail = await closeIfAbandoned(taskId, executionArn, ports);
      if (detail !== undefined) published.push(detail);
    } catch (error) {
      ports.onFailure(taskId, error);
    }
    await ports.sleep(SECONDS_PER_EXECUTION);
  }
  return published;
}

async function closeIfAbandoned(
  taskId: string,
  executionArn: string,
  ports: SweepTasksPorts,
): Promise<TaskEventDetail | undefined> {
  const status = await ports.executions.endOf(executionArn);
  if (status === undefined) return undefined;
  const record = await ports.records.read(taskId);
  if (record?.executionArn !== executionArn) return undefined;
  // The execution may have ended and published since it was listed.
  if (record.outcome !== undefined && record.terminalEvent !== 'Pending') return undefined;
  const { operation, generation, submittedAt, correlation } = record;
  const closing = await closeTask(
    { executionArn, startedAt: Date.parse(record.startedAt), status },
    { taskId, operation, generation, ...withoutUndefined({ submittedAt, correlation }) },
    ports,
  );
  return closing.kind === 'Published' ? closing.detail : undefined;
}
