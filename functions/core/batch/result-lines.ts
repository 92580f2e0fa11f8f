import type { BatchItem } from '../../contracts/batch-input.ts';
import {
  type BatchCounts,
  type BatchResult,
  LINE_OUTCOMES,
  type LineOutcome,
  type LineReason,
} from '../../contracts/batch-record.ts';
import type { RefusedImage } from '../image-record.ts';
import type { TerminalRecord } from '../task-record.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** Maximum documents in a result line, so that lines stay small. */
const MAX_LINE_RESULTS = 20;

/**
 * The result line of an item whose task has ended.
 *
 * @param generation that of the item's task or image. The tasks of an image always have 1
 */
export function lineOfTask(
  item: BatchItem,
  record: TerminalRecord,
  generation = Math.max(item.generation, record.generation),
): BatchResult {
  const { taskId, imageId, operation, outcome, reason, source } = record;
  // The reference of the item, even if another request collected its task.
  const correlation = item.correlation ?? record.correlation;
  const { attempts, uploads = 0, resultCount, startedAt, completedAt } = record;
  return {
    i: item.i,
    taskId,
    operation,
    generation,
    outcome,
    messages: [...record.messages],
    attempts,
    uploads,
    results: record.results
      .slice(0, MAX_LINE_RESULTS)
      .map(({ type, key, bytes, sha256 }) => ({ type, key, bytes, sha256 })),
    resultCount,
    manifest: record.manifestKey ?? null,
    ...withoutUndefined({ imageId, reason, correlation, source, completedAt }),
    startedAt,
  };
}

/** The result line of an image that was refused. */
export function lineOfRefusal(item: BatchItem, image: RefusedImage): BatchResult {
  const { imageId, reason, messages, uploads, startedAt, completedAt, generation } = image;
  return {
    ...lineWithoutTask(item, 'Refused', reason, messages),
    imageId,
    generation,
    uploads,
    startedAt,
    ...withoutUndefined({ completedAt }),
  };
}

/** The result line of an item that was not started by this batch, or is too old. */
export function lineWithoutTask(
  item: BatchItem,
  outcome: Extract<LineOutcome, 'Expired' | 'NotStarted' | 'Refused'>,
  reason?: LineReason,
  messages: readonly string[] = [],
): BatchResult {
  const { i, operation, generation, correlation } = item;
  return {
    i,
    ...('taskId' in item && { taskId: item.taskId }),
    ...('source' in item && { source: item.source }),
    operation,
    generation,
    outcome,
    messages: [...messages],
    attempts: 0,
    uploads: 0,
    results: [],
    resultCount: 0,
    manifest: null,
    ...withoutUndefined({ reason, correlation }),
  };
}

/** Counts result lines by outcome. */
export function countLines(lines: readonly BatchResult[]): BatchCounts {
  const counted = LINE_OUTCOMES.map(
    (outcome) => [outcome, lines.filter((line) => line.outcome === outcome).length] as const,
  );
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}

/** Writes values as JSON Lines of ASCII, because some readers split lines at other separators. */
export function toJsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${toAscii(JSON.stringify(value))}\n`).join('');
}

/** Escapes every character beyond ASCII, so that characters and bytes are the same. */
export function toAscii(json: string): string {
  return json.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Splits JSON Lines into their values. */
export function parseJsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
