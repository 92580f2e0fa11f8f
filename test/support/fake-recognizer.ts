import type { RecognizedPage, Recognizer } from '../../local/aspose-simulator/recognizer.ts';

/** A recognized page, for tests that are not about recognition. */
export const PAGE: RecognizedPage = {
  text: 'All men live',
  hocr: "<div class='ocr_page'></div>",
  blocks: [
    { text: 'All men live', rect: { topLeftX: 1, topLeftY: 2, bottomRightX: 3, bottomRightY: 4 }, words: [] },
  ],
  searchablePdf: Buffer.from('%PDF-'),
};

/** Creates a recognizer that returns `PAGE` for every image, with the given methods replaced. */
export function fakeRecognizer(overrides: Partial<Recognizer> = {}): Recognizer {
  return {
    recognize: async () => PAGE,
    preprocess: async (png) => png,
    close: async () => {},
    ...overrides,
  };
}
