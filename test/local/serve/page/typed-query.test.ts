import { expect, it } from 'vitest';
import { readTypedQuery } from '../../../../local/serve/page/typed-query.ts';

it.each([
  ['okaf', 'okaf*'],
  ['boxes OR lett', 'boxes OR lett*'],
  ['"boxes of" lett', '"boxes of" lett*'],
  [' (annual AND inv', '(annual AND inv*'],
  ['ü', 'ü*'],
])('finds words that begin with the last word of %j', (typed, query) => {
  expect(readTypedQuery(typed)).toBe(query);
});

it.each(['okaf ', 'okaf*', '"boxes of lett', '"boxes"', 'boxes AND', '(NOT', '(annual)', '  '])(
  'leaves a last word of %j as it is',
  (typed) => {
    expect(readTypedQuery(typed)).toBe(typed.trim());
  },
);
