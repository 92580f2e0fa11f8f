/** A word of an hOCR document, with its rectangle. */
export type PlacedWord = readonly [text: string, box: string];

/** Builds an hOCR document of pages of 200 x 100 pixels, each with one line of words. */
export function hocrOf(...pages: readonly (readonly PlacedWord[])[]): string {
  const wordOf = ([text, box]: PlacedWord) =>
    `<span class='ocrx_word' id='word' title='bbox ${box}; x_wconf 90'>${text}</span>`;
  const pageOf = (words: readonly PlacedWord[]) =>
    `<div class='ocr_page' title='image ""; bbox 0 0 200 100; ppageno 0'>
     <span class='ocr_line' title="bbox 0 0 200 20">${words.map(wordOf).join('\n')}</span></div>`;
  return `<!DOCTYPE html><html><head><title>no word</title></head><body>${pages.map(pageOf).join('')}</body></html>`;
}
