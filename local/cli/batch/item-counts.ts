import * as z from 'zod/mini';
import { type Counted, withThousands } from '../../../cli/progress.ts';
import { IMAGES_PREFIX } from '../../../functions/contracts/batch-keys.ts';
import type { BatchCounts, LineOutcome } from '../../../functions/contracts/batch-record.ts';
import { LINE_OUTCOMES } from '../../../functions/contracts/batch-record.ts';
import { imageRefusedDetailSchema } from '../../../functions/contracts/image-event.ts';
import { taskEventDetailSchema } from '../../../functions/contracts/task-event.ts';
import { parsePoll } from '../../logged-poll.ts';
import { parseUpload } from '../../logged-upload.ts';

/** How many items of a batch have ended. */
export interface ItemCounts {
  /** Receives the detail of an event of the stack. */
  onEvent(detail: unknown): void;
  /** Receives a line of the log. A fault of Aspose is shown until the next item ends. */
  onLog(line: string): void;
  /** Receives what the HTTP API says. It counts the items of chunks that have ended. */
  onView(view: { readonly progress: BatchCounts; readonly total?: number | undefined }): void;
  counted(): Counted;
}

const endSchema = z.union([taskEventDetailSchema, imageRefusedDetailSchema]);

/**
 * Counts the items of a batch. The HTTP API counts whole chunks. In between, the events of the
 * batch are counted, so that each item is seen when it ends.
 *
 * @param seconds returns the seconds since the start
 */
export function createItemCounts(batchId: string, seconds: () => number): ItemCounts {
  const seen = new Map<LineOutcome, number>();
  let progress: BatchCounts | undefined;
  let atStart: BatchCounts = {};
  let total: number | undefined;
  let fault: string | undefined;

  function counts(): (readonly [LineOutcome, number])[] {
    return LINE_OUTCOMES.map((outcome) => {
      const fromEvents = (atStart[outcome] ?? 0) + (seen.get(outcome) ?? 0);
      return [outcome, Math.max(progress?.[outcome] ?? 0, fromEvents)] as const;
    }).filter(([, count]) => count > 0);
  }

  const sum = (counted: readonly (readonly [LineOutcome, number])[]) =>
    counted.reduce((done, [, count]) => done + count, 0);

  return {
    onEvent(detail) {
      const end = z.safeParse(endSchema, detail).data;
      const outcome = end && outcomeOf(end, batchId);
      if (outcome === undefined) return;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      fault = undefined;
    },
    onLog(line) {
      const poll = parsePoll(line);
      // Without another poll, the task has ended, and its outcome is counted.
      if (poll?.detail !== undefined && poll.nextPollSeconds !== undefined)
        fault = `${poll.observed} (${poll.detail})`;
      const upload = parseUpload(line);
      if (upload?.detail !== undefined && upload.observed === 'NotAccepted')
        fault = `upload ${upload.observed} (${upload.detail})`;
    },
    onView(view) {
      // Items that had ended before are not seen again.
      if (progress === undefined && seen.size === 0) atStart = view.progress;
      progress = view.progress;
      total = view.total ?? total;
    },
    counted() {
      const counted = counts();
      const all = sum(counted);
      // An event may be delivered twice.
      const done = Math.min(all, total ?? all);
      const before = Object.values(atStart).reduce((number, count) => number + (count ?? 0), 0);
      const perSecond = (done - before) / Math.max(1, seconds());
      const outcomes = counted.map(([outcome, count]) => `${outcome} ${withThousands(count)}`);
      const faults = fault === undefined ? [] : [`last fault: ${fault}`];
      const text = [...outcomes, `${perSecond.toFixed(1)} per second`, ...faults].join(', ');
      return { done, total, text: total === undefined ? 'opening the batch' : text };
    },
  };
}

function outcomeOf(end: z.output<typeof endSchema>, batchId: string): LineOutcome | undefined {
  if ('outcome' in end) return end.batchId === batchId ? end.outcome : undefined;
  return end.source.key.startsWith(IMAGES_PREFIX) ? 'Refused' : undefined;
}
