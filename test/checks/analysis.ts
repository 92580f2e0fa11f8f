import { deepStrictEqual } from 'node:assert';
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { parseImageRefusedEvent, parseTaskEvent } from '../../functions/contracts/delivered-events.ts';
import { IMAGE_REFUSED_DETAIL_TYPE } from '../../functions/contracts/image-event.ts';
import { ANALYSIS_PREFIXES } from '../../lib/analysis/analysis-prefixes.ts';
import { VirtualClock } from '../../local/clock.ts';
import { readAssembly } from '../../local/embedded-aws/assembly.ts';
import type { EventBridgeEvent } from '../../local/embedded-aws/event-bus.ts';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';
import { replaceBlocks } from '../../scripts/documents/generated-blocks.ts';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { startTestCourier, type TestCourier } from '../support/courier.ts';
import { PROJECT } from '../support/project-paths.ts';
import { duckDbType } from './analysis/duckdb-table.ts';
import { EXPECTED_ROWS, type TerminalDetail } from './analysis/expected-rows.ts';
import { DOCUMENT_TEXT, ENDS, runWorkload, terminalEvents } from './analysis/workload.ts';
import { CheckError, pythonTool, runTool } from './run-tool.ts';

const PAGE = join(PROJECT, 'docs', 'use', 'analyze.md');

/** Timers this close together fire together, so that tasks run concurrently. */
const CONCURRENT_TIMERS_MILLISECONDS = 5000;
const DAY_MILLISECONDS = 24 * 3_600_000;
/** The queries select the last 30 days of the real time. */
const DAYS_AGO = 5;

const propertiesSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
const tableSchema = z.object({
  TableInput: z.object({
    StorageDescriptor: z.object({
      Columns: z.array(z.object({ Name: z.string(), Type: z.string() })),
      SerdeInfo: z.object({ Parameters: z.record(z.string(), z.string()) }),
    }),
  }),
});
const querySchema = z.object({ Name: z.string(), QueryString: z.string() });
const resultsSchema = z.record(
  z.string(),
  z.object({
    columns: z.array(z.string()),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  }),
);
type Results = z.infer<typeof resultsSchema>;

/**
 * Runs tasks and images through the embedded stack with analysis, and the named queries of its
 * template in DuckDB over the lines that it wrote. Compares the rows with those that the events
 * require.
 *
 * @param options.write whether to write the rows into docs/use/analyze.md
 */
export async function checkAnalysis({ write }: { readonly write: boolean }): Promise<void> {
  const python = await pythonTool('python');
  const assemblyDirectory = await ensureAssembly(PROJECT, { analysis: true });
  const start = Math.floor(Date.now() / DAY_MILLISECONDS - DAYS_AGO) * DAY_MILLISECONDS;
  const clock = new VirtualClock(start, CONCURRENT_TIMERS_MILLISECONDS);
  await using courier = await startTestCourier({ clock, assemblyDirectory });
  await runWorkload(courier);

  await using directory = await mkdtempDisposable(join(tmpdir(), 'ocr-courier-analysis-'));
  const lines = await copyLines(courier, directory.path);
  const events = terminalEvents(courier);
  checkLines(lines, events);
  const { template } = await readAssembly(assemblyDirectory);
  const results = await runQueries(python, directory.path, template);
  const ends = [...new Map(events.map(detailOf).map((end) => [end.idempotencyKey, end])).values()];
  if (ends.length !== ENDS) throw new CheckError(`ends: got ${ends.length}; allowed: ${ENDS}`);
  compareRows(results, ends);
  console.log(
    `${Object.keys(results).length} queries over ${lines.length} lines about ${ENDS} ends return the expected rows.`,
  );
  if (write) await writePage(results);
}

/** Copies the objects with lines to a directory, and returns the lines. */
async function copyLines(courier: TestCourier, directory: string): Promise<string[]> {
  const lines: string[] = [];
  for (const key of await courier.keys(ANALYSIS_PREFIXES.lines)) {
    const object = await courier.object(key);
    const file = join(directory, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, object);
    lines.push(...gunzipSync(object).toString('utf8').trimEnd().split('\n'));
  }
  return lines;
}

/** @throws CheckError unless the lines are the details of the events, and nothing else */
function checkLines(lines: readonly string[], events: readonly EventBridgeEvent[]): void {
  const details = events.map(({ detail }) => JSON.stringify(detail));
  compare('lines', lines.toSorted(), details.toSorted());
  if (lines.some((line) => line.includes(DOCUMENT_TEXT))) {
    throw new CheckError('lines: got text of a document; allowed: what events have');
  }
}

function detailOf(event: EventBridgeEvent): TerminalDetail {
  return event['detail-type'] === IMAGE_REFUSED_DETAIL_TYPE
    ? parseImageRefusedEvent(event).detail
    : parseTaskEvent(event).detail;
}

async function runQueries(python: string, directory: string, template: unknown): Promise<Results> {
  const resources = Object.values(propertiesSchema.parse(template).Resources);
  const propertiesOf = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  const [table] = propertiesOf('AWS::Glue::Table');
  const { Columns, SerdeInfo } = tableSchema.parse(table).TableInput.StorageDescriptor;
  const fieldNames = Object.fromEntries(
    Object.entries(SerdeInfo.Parameters).map(([name, field]) => [name.replace(/^mapping\./, ''), field]),
  );
  const queries = propertiesOf('AWS::Athena::NamedQuery').map((query) => querySchema.parse(query));
  const input = join(directory, 'input.json');
  const output = join(directory, 'output.json');
  await writeFile(
    input,
    JSON.stringify({
      files: join(directory, ANALYSIS_PREFIXES.lines, '*', '*.gz'),
      columns: Object.fromEntries(
        Columns.map(({ Name, Type }) => [fieldNames[Name] ?? Name, duckDbType(Type, fieldNames)]),
      ),
      queries: Object.fromEntries(queries.map(({ Name, QueryString }) => [Name, QueryString])),
    }),
  );
  await runTool(python, [join(import.meta.dirname, 'analysis', 'run_queries.py'), input, output]);
  return resultsSchema.parse(JSON.parse(await readFile(output, 'utf8')));
}

/** @throws CheckError when a query returns other rows, or none */
function compareRows(results: Results, ends: readonly TerminalDetail[]): void {
  compare('queries', Object.keys(results).sort(), Object.keys(EXPECTED_ROWS).sort());
  for (const [name, rowsOf] of Object.entries(EXPECTED_ROWS)) {
    const rows = results[name]?.rows ?? [];
    if (rows.length === 0) throw new CheckError(`${name}: got no rows; allowed: at least one`);
    compare(name, rows, rowsOf(ends));
  }
}

function compare(subject: string, got: unknown, expected: unknown): void {
  try {
    deepStrictEqual(got, expected);
  } catch (error) {
    throw new CheckError(`${subject}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

async function writePage(results: Results): Promise<void> {
  const blocks = Object.entries(results).map(([name, { columns, rows }]) => [
    name,
    markdownTable(
      columns,
      rows.map((row) => row.map((cell) => String(cell ?? ''))),
    ),
  ]);
  await writeFile(PAGE, replaceBlocks(await readFile(PAGE, 'utf8'), Object.fromEntries(blocks)));
}
