import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import type { CollectedTask } from './collect-task.ts';
import type { CopiedDocument } from './copy-documents.ts';
import { printable } from './printable.ts';

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

/** For people: record and event, and last, where a terminal still shows it, what came of the task. */
export async function textReport(
  task: CollectedTask,
  outDirectory: string,
  currentDirectory: string,
): Promise<string> {
  const { event, record, documents } = task;
  const { messages = [], warnings = [] } = record ?? {};
  const below = relative(currentDirectory, outDirectory);
  const shownDirectory = below.startsWith('..') ? outDirectory : below || '.';
  const previews = await Promise.all(documents.map((document) => describeDocument(document, outDirectory)));
  const written =
    documents.length > 0
      ? ['', `Written to ${shownDirectory}/, with manifest.json beside the documents.`]
      : [];
  return [
    `Task record: ${show(record)}`,
    '',
    `Event: ${show(event)}`,
    '',
    headline(task),
    ...[...messages, ...warnings].map((message) => `    ${printable(message)}`),
    ...previews.flatMap((preview) => ['', preview]),
    ...written,
  ].join('\n');
}

function headline({ record, execution }: CollectedTask): string {
  const { startDate, stopDate, status } = execution;
  const seconds = (((stopDate ?? startDate).getTime() - startDate.getTime()) / 1000).toFixed(1);
  if (record?.outcome === undefined) return `The execution ended as ${status} after ${seconds} s.`;
  const { outcome, reason, attempts, partial, empty } = record;
  const remarks = [reason, partial ? 'partial' : undefined, empty ? 'empty' : undefined].filter(Boolean);
  const remark = remarks.length > 0 ? ` (${remarks.join(', ')})` : '';
  return `${outcome}${remark} after ${seconds} s and ${attempts} poll${attempts === 1 ? '' : 's'}.`;
}

async function describeDocument(document: CopiedDocument, directory: string): Promise<string> {
  const { index, type, path, contentType, bytes } = document;
  const title = `[${index}] ${type ?? 'no type'} · ${path ?? 'no data'} · ${bytes} bytes`;
  if (path === null || !isText(contentType)) return title;
  const text = await readFile(join(directory, path), 'utf8');
  const lines = text.trimEnd().split('\n');
  const shown = lines
    .slice(0, PREVIEW_LINES)
    .map((line) => `    ${printable(line).slice(0, PREVIEW_COLUMNS)}`);
  const rest = lines.length > PREVIEW_LINES ? [`    ... ${lines.length - PREVIEW_LINES} more lines`] : [];
  return [title, ...shown, ...rest].join('\n');
}

function isText(contentType: string | null): boolean {
  return contentType !== null && (contentType.startsWith('text/') || /\/(json|xml)$/.test(contentType));
}

/** Strings are quoted and escaped: the vendor's messages are foreign. */
function show(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: 110, compact: 3, maxArrayLength: 20, maxStringLength: 300 });
}
