import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod/mini';
import { knownSourceSchema } from '../../functions/contracts/image-input.ts';
import { parseJson } from '../../functions/core/parse-json.ts';
import { resultCode } from './index-file.ts';
import { matchExpressions } from './match-expression.ts';
import { MATCH_END, MATCH_START, matchedLines } from './match-marks.ts';
import type { SearchHit } from './search-hits.ts';
import { snippetOf } from './snippet.ts';
import { NUMBERS_PER_WORD } from './write-index.ts';

/** A hit, and the keys of its documents. */
export interface FoundHit {
  readonly hit: SearchHit;
  readonly keys: readonly string[];
}

/** Limits the size of a response. */
const MAX_HIT_WORDS = 500;

/** Hits of long documents take longer than the others. */
const TURN_MILLISECONDS = 20;

/** SQLITE_ERROR: among others, a syntax error. */
const ERROR_CODE = 1;

const jsonOf = <T extends z.core.$ZodType>(schema: T) =>
  z.pipe(z.pipe(z.string(), z.transform(parseJson)), schema);
const resultSchema = z.object({ index: z.int(), key: z.string() });
const pageSchema = z.object({ number: z.int(), width: z.int(), height: z.int() });
const rankedSchema = z.array(z.object({ id: z.int() }));
const rowSchema = z.object({
  task_id: z.string(),
  collected_at: z.string(),
  source: z.nullable(jsonOf(knownSourceSchema)),
  text_result: z.nullable(jsonOf(resultSchema)),
  hocr_result: z.nullable(jsonOf(resultSchema)),
  pages: jsonOf(z.array(pageSchema)),
  boxes: z.instanceof(Uint8Array),
  text_marked: z.string(),
  hocr_marked: z.string(),
});

/**
 * Finds the images whose text matches a query, the best ones first. Between two hits, other work
 * gets a turn.
 */
export async function findHits(database: DatabaseSync, query: string, limit: number): Promise<FoundHit[]> {
  for (const expression of matchExpressions(query)) {
    const ids = rankedImages(database, expression, limit);
    if (ids === undefined) continue;
    const found: FoundHit[] = [];
    let turnStarted = performance.now();
    for (const id of ids) {
      found.push(...readHit(database, expression, id));
      if (performance.now() - turnStarted < TURN_MILLISECONDS) continue;
      await nextTurn();
      turnStarted = performance.now();
    }
    return found;
  }
  return [];
}

/** @returns undefined when the expression is not valid */
function rankedImages(database: DatabaseSync, expression: string, limit: number): number[] | undefined {
  const select = database.prepare(`
    SELECT images.id AS id FROM texts
    JOIN images ON images.id = texts.rowid JOIN tasks USING (task_id)
    WHERE texts MATCH ? ORDER BY bm25(texts), collected_at DESC, task_id, images.id LIMIT ?`);
  try {
    return z.parse(rankedSchema, select.all(expression, limit)).map(({ id }) => id);
  } catch (error) {
    if (resultCode(error) === ERROR_CODE) return undefined;
    throw error;
  }
}

/** @returns none when the image was removed in the meantime */
function readHit(database: DatabaseSync, expression: string, id: number): FoundHit[] {
  const marks = `'${MATCH_START}', '${MATCH_END}'`;
  const row = database
    .prepare(`
      SELECT task_id, collected_at, source, text_result, hocr_result, pages, boxes,
        highlight(texts, 0, ${marks}) AS text_marked,
        highlight(texts, 1, ${marks}) AS hocr_marked
      FROM texts JOIN images ON images.id = texts.rowid JOIN tasks USING (task_id)
      WHERE texts MATCH ? AND texts.rowid = ?`)
    // A number would be bound as a float, with which FTS5 reads every row.
    .get(expression, BigInt(id));
  if (row === undefined) return [];
  const { task_id, collected_at, source, text_result, hocr_result, pages, boxes, ...marked } = z.parse(
    rowSchema,
    row,
  );
  const isText = text_result !== null && marked.text_marked.includes(MATCH_START);
  const shown = isText ? text_result : (hocr_result ?? text_result);
  if (shown === null) return [];
  const words = wordsAt(marked.hocr_marked, boxes);
  const snippetParts = snippetOf(isText || hocr_result === null ? marked.text_marked : marked.hocr_marked);
  return [
    {
      hit: {
        taskId: task_id,
        index: shown.index,
        collectedAt: collected_at,
        source,
        snippet: snippetParts.map(({ text }) => text).join(''),
        snippetParts,
        words,
        pages: pages.filter(({ number }) => words.some(({ page }) => page === number)),
      },
      keys: [text_result, hocr_result].flatMap((result) => result?.key ?? []),
    },
  ];
}

function wordsAt(marked: string, boxes: Uint8Array): SearchHit['words'] {
  // SQLite's copy may begin at any byte of a buffer.
  const numbers = new Int32Array(boxes.slice().buffer);
  return matchedLines(marked)
    .slice(0, MAX_HIT_WORDS)
    .map(({ line, text }) => {
      const [page = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers.subarray(line * NUMBERS_PER_WORD);
      return { text, page, x1, y1, x2, y2 };
    })
    .filter(({ x1, x2 }) => x1 < x2);
}
