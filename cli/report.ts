import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import * as z from 'zod/mini';
import { type ImageRefusedDetail, imageRefusedDetailSchema } from '../functions/contracts/image-event.ts';
import { MANIFEST_FILE } from '../functions/contracts/manifest.ts';
import type { TaskRecord } from '../functions/contracts/task-record.ts';
import { printable } from '../functions/core/printable.ts';
import type { CopiedDocument } from './copy-documents.ts';
import type { OutputOptions } from './output-options.ts';

/** An execution, as far as it is known. The HTTP API has neither status nor error. */
export interface ReportedExecution {
  readonly executionArn: string;
  readonly name: string;
  readonly status?: string;
  readonly startDate: Date;
  readonly stopDate?: Date | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** A collected task: its event, record, execution and documents. A refused image has no record. */
export interface CollectedTask {
  /** The terminal event; null where events cannot be read. */
  readonly event: { readonly detail?: unknown } | null | undefined;
  readonly record: TaskRecord | undefined;
  /** Why an image was refused. @default - the event says it */
  readonly refusal?: Pick<ImageRefusedDetail, 'reason' | 'messages'> | undefined;
  readonly execution: ReportedExecution;
  readonly documents: readonly CopiedDocument[];
}

const PREVIEW_LINES = 8;
const PREVIEW_COLUMNS = 100;

/** The one JSON document of `--json`. */
export function jsonReport({ event, record, execution, documents }: CollectedTask): string {
  const { executionArn, name, status, startDate, stopDate, error, cause } = execution;
  return JSON.stringify(
    {
      event: event ?? null,
      record: record ?? null,
      execution: { executionArn, name, status, startDate, stopDate, error, cause },
      documents,
    },
    null,
    2,
  );
}

/** Starts with the recognized text and its location, followed by the outcome. */
export async function textReport(
  task: CollectedTask,
  outDirectory: string,
  currentDirectory: string,
  { verbose }: Pick<OutputOptions, 'verbose'> = {},
): Promise<string> {
  const { event, record, documents } = task;
  const { refusal = z.safeParse(imageRefusedDetailSchema, event?.detail).data } = task;
  const { messages = [], warnings = [] } = record ?? { messages: refusal?.messages };
  const below = relative(currentDirectory, outDirectory);
  const shownDirectory = below.startsWith('..') ? outDirectory : below || '.';
  const blocks = await Promise.all(
    documents.map((document) => describeDocument(document, outDirectory, shownDirectory)),
  );
  if (documents.length > 0) blocks.push(`Manifest: ${join(shownDirectory, MANIFEST_FILE)}`);
  const remarks = [...messages, ...warnings].map((message) => `    ${printable(message)}`);
  blocks.push([printable(headline(task, refusal)), ...remarks].join('\n'));
  const shownEvent = event === null ? [] : [`Event: ${show(event)}`];
  if (verbose) blocks.push(`Task record: ${show(record)}`, ...shownEvent);
  else if (record?.outcome !== 'Completed')
    blocks.push(`--verbose shows the task record${event === null ? '' : ' and the event'}.`);
  return blocks.join('\n\n');
}

function headline({ record, execution }: CollectedTask, refusal: CollectedTask['refusal']): string {
  const { startDate, stopDate, status } = execution;
  const seconds = (((stopDate ?? startDate).getTime() - startDate.getTime()) / 1000).toFixed(1);
  if (refusal !== undefined) return `Refused (${refusal.reason}) after ${seconds} s.`;
  if (record?.outcome === undefined) return `The execution ended as ${status} after ${seconds} s.`;
  const { outcome, reason, attempts, partial, empty } = record;
  const remarks = [reason, partial && 'partial', empty && 'empty'].filter(Boolean);
  const remark = remarks.length > 0 ? ` (${remarks.join(', ')})` : '';
  return `${outcome}${remark} after ${seconds} s and ${attempts} poll${attempts === 1 ? '' : 's'}.`;
}

async function describeDocument(
  { index, type, path, contentType, bytes }: CopiedDocument,
  directory: string,
  shownDirectory: string,
): Promise<string> {
  if (path === null) return `Document ${index} (${type ?? 'no type'}): Aspose sent no data`;
  const title = `${join(shownDirectory, printable(path))} (${type ?? 'no type'}, ${bytes} bytes)`;
  if (!isText(contentType)) return title;
  // Unlike `toString`, the decoder omits a byte order mark.
  const text = new TextDecoder().decode(await readFile(join(directory, path)));
  const lines = text
    .replaceAll('\t', '    ')
    .trimEnd()
    .split(/\r\n|[\r\n\f]/);
  const shown = lines
    .slice(0, PREVIEW_LINES)
    .map((line) => `    ${printable(line).slice(0, PREVIEW_COLUMNS)}`.trimEnd());
  const rest = lines.length > PREVIEW_LINES ? [`    ... ${lines.length - PREVIEW_LINES} more lines`] : [];
  return [`${title}:`, ...shown, ...rest].join('\n');
}

function isText(contentType: string | null): boolean {
  return contentType !== null && (contentType.startsWith('text/') || /\/(json|xml)$/.test(contentType));
}

/** Quotes and escapes strings, because Aspose's messages are untrusted text. */
function show(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: 110, compact: 3, maxArrayLength: 20, maxStringLength: 300 });
}
