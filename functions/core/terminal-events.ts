import { OUTCOMES } from '../contracts/outcomes.ts';
import type { TaskEventDetail } from '../contracts/task-event.ts';
import { taskEventDetail } from './event-detail.ts';
import type { TaskRecords, TerminalRecord } from './task-record.ts';

export interface TerminalEvents {
  /** @throws when the bus does not accept the event */
  publish(detailType: string, detail: TaskEventDetail): Promise<void>;
}

export interface TerminalEventPorts {
  readonly records: TaskRecords;
  readonly events: TerminalEvents;
  /** The results bucket's name, for the event. */
  readonly bucket: string;
}

/**
 * Publishes the event of a record with `terminalEvent: 'Pending'`, and then notes it in the record.
 * If it is stopped in between, the event is published again, with the same idempotency key.
 *
 * @returns the record as it is now, and the detail of its event
 */
export async function publishOnce(
  record: TerminalRecord,
  { records, events, bucket }: TerminalEventPorts,
): Promise<{ readonly record: TerminalRecord; readonly detail: TaskEventDetail }> {
  const detail = taskEventDetail(record, bucket);
  if (record.terminalEvent === 'Published') return { record, detail };
  await events.publish(OUTCOMES[record.outcome].detailType, detail);
  const published: TerminalRecord = {
    ...record,
    terminalEvent: 'Published',
    version: record.version + 1,
  };
  // Another publisher may have noted it already.
  return { record: (await records.write(published)) ? published : record, detail };
}
