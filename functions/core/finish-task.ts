import type { TaskImage } from '../contracts/submit-image.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import type { Ending } from './assess-poll.ts';
import { isLost, markLost } from './lost-task.ts';
import type { FetchResultPorts, PollReport } from './ports.ts';
import { closeRecord, LEASE_SECONDS, NOTHING_STORED, type TerminalRecord } from './task-record.ts';
import { RECORD_SECONDS } from './task-times.ts';

/** What became of a task that is about to end. */
export type FinishedTask =
  | { readonly kind: 'Ended'; readonly record: TerminalRecord }
  /** Aspose has lost it, and its image may be uploaded again. */
  | { readonly kind: 'Lost'; readonly record: TaskRecord }
  /** Another execution has written the record in the meantime. */
  | { readonly kind: 'Superseded' };

/**
 * Stores the documents first, then the record. The event follows both, so each step can be
 * repeated. A lost task stays open while its image may be uploaded again.
 *
 * @param image the task's image, if ocr-courier submitted it
 */
export async function finishTask(
  record: TaskRecord,
  end: Ending,
  ports: Pick<FetchResultPorts, 'records' | 'documents' | 'now' | 'remainingSeconds' | 'onPoll'>,
  image: TaskImage | undefined,
  lastPoll?: PollReport,
): Promise<FinishedTask> {
  const { outcome, results } = end;
  if (lastPoll !== undefined) ports.onPoll({ ...lastPoll, outcome });
  if (image?.isLast === false && isLost(end)) {
    const lost = markLost(record, end, ports.now(), LEASE_SECONDS);
    return (await ports.records.write(lost)) ? { kind: 'Lost', record: lost } : { kind: 'Superseded' };
  }
  const storeSeconds = Math.max(1, ports.remainingSeconds() - RECORD_SECONDS);
  const stored =
    outcome === 'Completed' || results.length > 0
      ? await ports.documents.store(record, end, storeSeconds)
      : NOTHING_STORED;
  const closed = closeRecord(record, end, stored, ports.now());
  return (await ports.records.write(closed)) ? { kind: 'Ended', record: closed } : { kind: 'Superseded' };
}
