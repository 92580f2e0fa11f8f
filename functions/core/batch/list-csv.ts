import { CsvError, parse } from 'csv-parse/stream';
import * as z from 'zod/mini';
import { describeKey, InvalidInput } from '../invalid-input.ts';
import { parseJson } from '../parse-json.ts';
import type { ListedValue } from './list-format.ts';
import { malformedItem, UnusableListError } from './unusable-list.ts';

const rowSchema = z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) });

/** Columns with text. */
const TEXT_COLUMNS = ['taskId', 'operation', 'submittedAt', 'correlation'];
/** Columns with JSON. */
const JSON_COLUMNS = ['polling', 'settings', 'generation'];
/** Columns that are fields of `source`. */
const SOURCE_COLUMNS = ['bucket', 'key', 'versionId', 'etag'];
const COLUMNS = [...TEXT_COLUMNS, ...JSON_COLUMNS, ...SOURCE_COLUMNS];

/**
 * Reads the rows of a CSV list with a header. An empty cell is an absent field, and an empty row is
 * skipped.
 *
 * @throws UnusableListError for an unknown column, or a row that is not CSV
 */
export async function* readCsvRows(
  texts: AsyncIterable<string>,
  maxRowBytes: number,
): AsyncGenerator<ListedValue> {
  const parser = parse({
    info: true,
    max_record_size: maxRowBytes,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  let columns: readonly string[] | undefined;
  let lastLine = 0;
  try {
    for await (const row of ReadableStream.from(encode(texts)).pipeThrough(parser)) {
      const { record, info } = z.parse(rowSchema, row);
      lastLine = info.lines;
      const place = `line ${lastLine}`;
      if (columns === undefined) {
        columns = checkColumns(record, place);
        continue;
      }
      if (record.every((cell) => cell === '')) continue;
      if (record.length !== columns.length) {
        const allowed = `${columns.length}, as in the header`;
        throw malformedItem(place, new InvalidInput('', `${record.length} cells`, allowed));
      }
      yield { place, value: valueOfRow(columns, record) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser's own message quotes the text.
    const { got, allowed } = describeMistake(error.code, maxRowBytes);
    throw new UnusableListError(
      'ListInvalid',
      `list: got ${got} after line ${lastLine}; allowed: ${allowed}`,
    );
  }
}

/** Describes a mistake by the code that csv-parse gives it. */
function describeMistake(
  code: string,
  maxRowBytes: number,
): { readonly got: string; readonly allowed: string } {
  if (code === 'CSV_MAX_RECORD_SIZE')
    return {
      got: 'a longer row, or a quotation mark that is never closed,',
      allowed: `rows of at most ${maxRowBytes} bytes`,
    };
  const got =
    code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'a quotation mark that is never closed'
      : 'a quotation mark inside a cell';
  return { got, allowed: 'a cell with quotation marks or commas in the form "a ""quoted"" cell"' };
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}

function checkColumns(names: readonly string[], place: string): readonly string[] {
  const allowed = `a header of ${COLUMNS.join(', ')}`;
  for (const [index, name] of names.entries()) {
    if (!COLUMNS.includes(name))
      throw malformedItem(place, new InvalidInput('', `the column ${describeKey(name)}`, allowed));
    if (names.indexOf(name) !== index)
      throw malformedItem(place, new InvalidInput('', `the column ${name} twice`, allowed));
  }
  return names;
}

function valueOfRow(columns: readonly string[], cells: readonly string[]): unknown {
  const fields: Record<string, unknown> = {};
  const source: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    if (SOURCE_COLUMNS.includes(column)) source[column] = cell;
    // The schema refuses text that is not JSON.
    else fields[column] = JSON_COLUMNS.includes(column) ? (parseJson(cell) ?? cell) : cell;
  }
  return Object.keys(source).length === 0 ? fields : { ...fields, source };
}
