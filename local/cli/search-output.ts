import { styleText } from 'node:util';
import { MAX_HITS } from '../../cli/search-options.ts';
import { printable } from '../../functions/core/printable.ts';
import type { SearchHit } from '../search/search-hits.ts';

export interface SearchedWith {
  readonly limit: number;
  /** The directory, as given. */
  readonly data: string;
}

/** Describes hits for people. On a terminal, matches are bold. */
export function describeHits(hits: readonly SearchHit[], { limit, data }: SearchedWith): string {
  if (hits.length === 0) return 'No hits.';
  return [
    ...hits.map(describeHit),
    `${describeCount(hits.length, limit)}. To open a document: npm start -- serve --data ${data}`,
    'and then the path of the hit, at the address that it prints.',
  ].join('\n');
}

/** More hits than the limit may exist. */
function describeCount(count: number, limit: number): string {
  const hits = count === 1 ? '1 hit' : `${count} hits`;
  if (count < limit) return hits;
  return limit < MAX_HITS ? `The best ${hits}; --limit shows more` : `The best ${hits}`;
}

function describeHit({ taskId, index, source, collectedAt, snippetParts }: SearchHit): string {
  const name = source === null ? taskId : source.key.slice(source.key.lastIndexOf('/') + 1);
  const snippet = snippetParts.map(({ text, isMatch }) =>
    isMatch ? styleText('bold', printable(text)) : printable(text),
  );
  return [
    `${printable(name)}  ${collectedAt}`,
    `  ${snippet.join('')}`,
    `  /local/tasks/${taskId}/documents/${index}`,
    '',
  ].join('\n');
}
