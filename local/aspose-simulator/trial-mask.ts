/** Of this many words, the trial masks one: the floor of 10 % of a text's words. */
const WORDS_PER_MASKED_WORD = 10;

/**
 * Masks a document's words, handed over one after the other in reading order. Every tenth becomes asterisks of
 * the same length; punctuation attached to it stays, and what has neither letter nor digit is no word. So the
 * same words are masked in every form of one document, and each time anew.
 *
 * Source: the vendor's sample of a trial result (12 of 123 words masked, `vis,` as `***,`). Which words it
 * chooses is not known.
 */
export function createTrialMask(): (word: string) => string {
  let words = 0;
  return (word) => {
    const [, before, core, after] =
      /^([^\p{L}\p{N}]*)(.*[\p{L}\p{N}]\p{M}*)([^\p{L}\p{N}]*)$/su.exec(word) ?? [];
    if (core === undefined) return word;
    words += 1;
    return words % WORDS_PER_MASKED_WORD === 0 ? `${before}${'*'.repeat([...core].length)}${after}` : word;
  };
}

/** A text with its words masked, its white space and line breaks as they were. */
export function maskText(text: string): string {
  return text.replaceAll(/\S+/gu, createTrialMask());
}

/** The words of an hOCR document masked, its markup as it was. */
export function maskHocr(hocr: string): string {
  const mask = createTrialMask();
  return hocr.replaceAll(/(?<=<span class='ocrx_word'[^>]*>)[^<]*/gu, (content) =>
    escapeMarkup(mask(unescapeMarkup(content))),
  );
}

/** The characters that Tesseract escapes in hOCR; the ampersand is first here and last on the way back. */
const ESCAPES = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
] as const;

function escapeMarkup(text: string): string {
  return ESCAPES.reduce((escaped, [character, entity]) => escaped.replaceAll(character, entity), text);
}

function unescapeMarkup(markup: string): string {
  return ESCAPES.reduceRight((text, [character, entity]) => text.replaceAll(entity, character), markup);
}
