import type { BatchResult } from '../../contracts/batch-record.ts';

/** Spreadsheets take a cell that starts with one of these for a formula, which may run programs. */
const FORMULA = /^[=+\-@\t\r]/;

/** The cells of a row in `results.csv`, by column. */
const COLUMNS = {
  i: ({ i }) => i,
  taskId: ({ taskId }) => taskId,
  imageId: ({ imageId }) => imageId,
  operation: ({ operation }) => operation,
  generation: ({ generation }) => generation,
  outcome: ({ outcome }) => outcome,
  reason: ({ reason }) => reason,
  correlation: ({ correlation }) => correlation,
  bucket: ({ source }) => source?.bucket,
  key: ({ source }) => source?.key,
  attempts: ({ attempts }) => attempts,
  uploads: ({ uploads }) => uploads,
  resultCount: ({ resultCount }) => resultCount,
  firstResultKey: ({ results }) => results.find(({ key }) => key !== null)?.key,
  manifest: ({ manifest }) => manifest,
  startedAt: ({ startedAt }) => startedAt,
  completedAt: ({ completedAt }) => completedAt,
  messages: ({ messages }) => messages.join('\n'),
} as const satisfies Readonly<Record<string, (line: BatchResult) => string | number | null | undefined>>;

/** The first row of `results.csv`. */
export const CSV_HEADER = toRow(Object.keys(COLUMNS));

/** Writes a result line as a row of `results.csv` (RFC 4180). */
export function toCsvRow(line: BatchResult): string {
  return toRow(Object.values(COLUMNS).map((cellOf) => cellOf(line)));
}

function toRow(cells: readonly (string | number | null | undefined)[]): string {
  return `${cells.map((cell) => toCell(String(cell ?? ''))).join(',')}\r\n`;
}

function toCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
