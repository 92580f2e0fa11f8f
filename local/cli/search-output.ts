import { styleText } from 'node:util';
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
  const more = hits.length === limit ? `, the best ${limit === 1 ? 'one' : limit}; --limit shows more` : '';
  return [
    ...hits.map(describeHit),
    `${hits.length} ${hits.length === 1 ? 'hit' : 'hits'}${more}. To open a document: npm start -- serve --data ${data}`,
    'and then the path of the hit, at the address that it prints.',
  ].join('\n');
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
