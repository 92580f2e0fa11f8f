import { readFileSync } from 'node:fs';

/** A query that the workgroup offers. */
export interface NamedQuery {
  /** Also the name of its file in `queries/`. */
  readonly name: string;
  readonly description: string;
  /** It runs in Athena, and in DuckDB over a table of the same form. */
  readonly sql: string;
}

/** The queries by name, each with a question. */
const DESCRIPTIONS = {
  'outcomes-by-day': 'How many tasks ended each day, by outcome?',
  'time-to-result': 'How many seconds did completed tasks take, by operation?',
  'polls-per-task': 'How often were tasks polled, by operation and outcome?',
  'failure-reasons': 'Why did tasks fail and images get refused, and when last?',
  'results-by-source': 'How many documents did each folder of images yield?',
  'repeated-uploads': 'How often were images uploaded to Aspose more than once?',
} as const;

export const NAMED_QUERIES: readonly NamedQuery[] = Object.entries(DESCRIPTIONS).map(
  ([name, description]) => ({ name, description, sql: `WITH ended AS (\n${ended()})\n${readQuery(name)}` }),
);

/** Selects each end once, for all queries. */
function ended(): string {
  return readQuery('ended').replaceAll(/^(?=.)/gm, '  ');
}

function readQuery(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), 'utf8');
}
