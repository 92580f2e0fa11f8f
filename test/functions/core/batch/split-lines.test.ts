import { describe, expect, it } from 'vitest';
import { LineTooLongError, splitLines } from '../../../../functions/core/batch/split-lines.ts';
import { toArray } from '../../../support/to-array.ts';

async function* parts(...texts: readonly string[]) {
  yield* texts;
}

const split = (texts: readonly string[], maxCharacters = 10) =>
  toArray(splitLines(parts(...texts), maxCharacters));

describe('lines', () => {
  it.each([
    ['nothing', [], []],
    ['a text without a line feed', ['ab'], ['ab']],
    ['a line feed at the end', ['a\nb\n'], ['a', 'b']],
    ['empty lines', ['\n\na\n\n'], ['', '', 'a', '']],
    ['parts that split lines', ['a', 'b\nc', '\n', 'd'], ['ab', 'c', 'd']],
    ['other separators of Unicode', ['a\u2028b\u0085c\rd\n'], ['a\u2028b\u0085c\rd']],
  ])('are split for %s', async (_, texts, lines) => {
    expect(await split(texts)).toEqual(lines);
  });

  it('may have the maximum length', async () => {
    expect(await split(['0123456789\n0123456789'])).toEqual(['0123456789', '0123456789']);
  });

  it.each([
    ['at the end', ['a\n01234567890'], 2],
    ['before a line feed', ['a\n01234567890\n'], 2],
    ['that never ends', ['a\nb\n', '012345', '67890', 'x'], 3],
  ])('are refused when they are longer, %s', async (_, texts, line) => {
    const refused = split(texts);

    await expect(refused).rejects.toBeInstanceOf(LineTooLongError);
    await expect(refused).rejects.toMatchObject({ line });
  });
});
