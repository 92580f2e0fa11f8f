/** A trial masks one word in ten: the floor of 10 % of a text's words. */
const WORDS_PER_MASKED_WORD = 10;

/**
 * Creates a mask for the words of one document, which it receives in reading order. Every tenth
 * word becomes asterisks of the same length. Punctuation attached to it stays. A token without a
 * letter or digit is no word. So every form of a document has the same words masked, every time.
 *
 * Source: Aspose's sample of a trial result (12 of 123 words masked, `vis,` as `***,`). How Aspose
 * chooses the words is not known.
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

/**
 * Masks the words of a text. White space and line breaks stay.
 *
 * @param mask continues a document that has more than one text
 */
export function maskText(text: string, mask = createTrialMask()): string {
  return text.replaceAll(/\S+/gu, mask);
}

/** Masks the words of an hOCR document. Its markup stays. */
export function maskHocr(hocr: string): string {
  const mask = createTrialMask();
  return hocr.replaceAll(/(?<=<span class='ocrx_word'[^>]*>)[^<]*/gu, (content) =>
    escapeMarkup(mask(unescapeMarkup(content))),
  );
}

/** The characters that Tesseract escapes in hOCR. The ampersand must be escaped first. */
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
