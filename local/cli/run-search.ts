import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCode } from '../../cli/error-code.ts';
import type { CommandContext } from '../../cli/output-options.ts';
import { DEFAULT_DATA, type SearchOptions } from '../../cli/search-options.ts';
import { InvalidInput, parseInput } from '../../functions/core/invalid-input.ts';
import { findHits } from '../search/find-hits.ts';
import { INDEX_FILE, openIndexForReading, resultCode } from '../search/index-file.ts';
import { matchExpressions } from '../search/match-expression.ts';
import { searchRequestSchema } from '../search/search-hits.ts';
import { describeHits } from './search-output.ts';

/**
 * Searches what `serve --data` has collected. It reads the index, also while `serve` is running.
 *
 * @returns the exit status: 0 with hits, 1 without
 * @throws InvalidInput for a wrong option, or a directory without an index
 */
export async function runSearch(
  words: readonly string[],
  { data = DEFAULT_DATA, limit, json }: SearchOptions,
  { directory }: Pick<CommandContext, 'directory'>,
): Promise<number> {
  const request = parseInput(searchRequestSchema, {
    q: words.join(' '),
    ...(limit !== undefined && { limit }),
  });
  if (matchExpressions(request.q).length === 0) {
    throw new InvalidInput('words', 'no letter or digit', `words to find, a "phrase" or a prefix*`);
  }
  using database = openIndex(data, directory);
  const found = await findHits(database, request.q, request.limit).catch((error: unknown) => {
    if (resultCode(error) === 0) throw error;
    throw unusable(data, `cannot be searched (SQLite ${resultCode(error)})`);
  });
  const hits = found.map(({ hit }) => hit);
  console.log(json ? JSON.stringify({ hits }, null, 2) : describeHits(hits, { ...request, data }));
  return hits.length > 0 ? 0 : 1;
}

function openIndex(data: string, directory: string) {
  const folder = resolve(directory, data);
  const path = join(folder, INDEX_FILE);
  if (!existsSync(folder)) throw unusable(data, 'does not exist');
  if (!existsSync(path)) throw unusable(data, 'has no search index');
  try {
    const database = openIndexForReading(path);
    if (database !== undefined) return database;
  } catch (error) {
    if (resultCode(error) === 0 && errorCode(error) === undefined) throw error;
    throw unusable(data, 'has a search index that cannot be read');
  }
  throw unusable(data, 'has a search index of another version');
}

/** The same command creates what is missing, and repairs what is damaged. */
function unusable(data: string, reason: string): InvalidInput {
  const allowed = `a directory that serve keeps; to keep what it collects, run: npm start -- serve --data ${data}`;
  return new InvalidInput('data', `'${data}', which ${reason}`, allowed);
}
