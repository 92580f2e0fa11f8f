import type { ResultType } from '../../functions/contracts/result-types.ts';
import { combineHocr, combinePdfs, combineTexts } from './combined-pages.ts';
import { crop, type Picture, rotate, stretchContrast, upsample } from './picture.ts';
import type { RecognizedPage, Recognizer } from './recognizer.ts';
import type { SubmissionSettings } from './submission.ts';
import type { SupportedOperation } from './supported-operations.ts';
import type { ResultEntry } from './task-envelope.ts';
import { createTrialMask, maskHocr, maskText } from './trial-mask.ts';

/** The types of `results[]` entries that hold recognized text. */
type DocumentType = 'Text' | 'Pdf' | 'Hocr' | 'JSON';

/** Combined results, in the order of their names: Aspose does not document the order. */
const DOCUMENTS: Readonly<Record<Exclude<ResultType, 'ImagePNG'>, readonly DocumentType[]>> = {
  Text: ['Text'],
  Pdf: ['Pdf'],
  TextAndPdf: ['Text', 'Pdf'],
  Hocr: ['Hocr'],
  TextAndHocr: ['Text', 'Hocr'],
  PdfAndHocr: ['Pdf', 'Hocr'],
  TextAndPdfAndHocr: ['Text', 'Pdf', 'Hocr'],
  JSON: ['JSON'],
};

/** Operations that read one picture. */
type PictureOperation = Exclude<SupportedOperation, 'RecognizePdf'>;

/** A fetch returns all results in one JSON string, as base64. V8 limits strings to 512 MiB. */
const MAX_RESULT_MIB = 256;
const TOO_LARGE = `image: got pages with results of over ${MAX_RESULT_MIB} MiB; allowed: fewer pages, or a result type without Pdf and ImagePNG`;

/** Performs an operation and returns the entries of `results[]`. Rejects when the engine fails. */
export async function performOperation(
  operation: PictureOperation,
  picture: Picture,
  settings: SubmissionSettings,
  recognizer: Recognizer,
): Promise<readonly ResultEntry[]> {
  switch (operation) {
    case 'RecognizeImage':
    case 'RecognizeReceipt':
    case 'RecognizeLabel':
      return recognizePages([picture], settings, recognizer);
    case 'RecognizeImageTrial':
      return recognizePages([picture], settings, recognizer, maskPage);
    case 'RecognizeRegions':
      return recognizeRegions(picture, settings, recognizer);
    case 'DetectRegions':
      return [await detectRegions(picture, settings, recognizer)];
    case 'BinarizeImage':
      return [imageEntry(await prepare(picture, { ...settings, makeBinarization: true }, recognizer))];
    case 'DeskewImage':
      return [imageEntry(await prepare(picture, { ...settings, makeSkewCorrect: true }, recognizer))];
    case 'UpscaleImage':
      return [imageEntry(await prepare(picture, { ...settings, makeUpsampling: true }, recognizer))];
  }
}

/**
 * Recognizes the pages of a document, one after the other. Each document type gets one entry for
 * all pages; ImagePNG gets one for each.
 */
export async function recognizePages(
  pictures: Iterable<Picture> | AsyncIterable<Picture>,
  settings: SubmissionSettings,
  recognizer: Recognizer,
  finish: (page: RecognizedPage) => RecognizedPage = (page) => page,
): Promise<readonly ResultEntry[]> {
  const { resultType, language } = settings;
  const images: ResultEntry[] = [];
  const pages: RecognizedPage[] = [];
  const types = resultType === 'ImagePNG' ? [] : DOCUMENTS[resultType];
  const searchablePdf = types.includes('Pdf');
  let resultBytes = 0;
  for await (const picture of pictures) {
    const png = await prepare(picture, settings, recognizer);
    if (resultType === 'ImagePNG') {
      images.push(imageEntry(png));
      resultBytes += png.byteLength;
    } else {
      const page = await recognizer.recognize(png, { language, searchablePdf });
      pages.push(finish(page));
      resultBytes += page.searchablePdf?.byteLength ?? 0;
    }
    if (resultBytes > MAX_RESULT_MIB * 1024 ** 2) throw new Error(TOO_LARGE);
  }
  return [...images, ...(await Promise.all(types.map((type) => documentEntry(type, pages))))];
}

async function recognizeRegions(
  picture: Picture,
  settings: SubmissionSettings,
  recognizer: Recognizer,
): Promise<readonly ResultEntry[]> {
  const regions = settings.regions.toSorted((one, other) => one.order - other.order);
  const results = regions.map(async ({ rect }) =>
    recognizePages([await crop(picture, rect)], settings, recognizer),
  );
  return (await Promise.all(results)).flat();
}

/** Returns the blocks of text as JSON: `[[x1, y1, x2, y2], ...]`, in pixels. */
async function detectRegions(
  picture: Picture,
  settings: SubmissionSettings,
  recognizer: Recognizer,
): Promise<ResultEntry> {
  const png = await prepare(picture, settings, recognizer);
  const { blocks } = await recognizer.recognize(png, { language: settings.language, searchablePdf: false });
  const regions = blocks.map(({ rect }) => [
    rect.topLeftX,
    rect.topLeftY,
    rect.bottomRightX,
    rect.bottomRightY,
  ]);
  return entry('Other', JSON.stringify(regions));
}

/** Applies the settings that change the image. The recognizer's own steps come last. */
async function prepare(
  picture: Picture,
  settings: SubmissionSettings,
  recognizer: Recognizer,
): Promise<Uint8Array> {
  let prepared = picture;
  if (settings.rotate !== 0) prepared = await rotate(prepared, settings.rotate);
  if (settings.makeContrastCorrection) prepared = await stretchContrast(prepared);
  if (settings.makeUpsampling) prepared = await upsample(prepared);
  const { language, makeSkewCorrect: deskew, makeBinarization: binarize } = settings;
  if (!deskew && !binarize) return prepared.png;
  return await recognizer.preprocess(prepared.png, { language, deskew, binarize });
}

async function documentEntry(type: DocumentType, pages: readonly RecognizedPage[]): Promise<ResultEntry> {
  switch (type) {
    case 'Text':
      return entry(type, combineTexts(pages));
    case 'Hocr':
      return entry(type, combineHocr(pages));
    case 'JSON':
      return entry(type, JSON.stringify(pages.flatMap(({ blocks }) => blocks)));
    case 'Pdf':
      return entry(type, await combinePdfs(pages));
  }
}

function maskPage(page: RecognizedPage): RecognizedPage {
  const maskBlock = createTrialMask();
  const maskWord = createTrialMask();
  return {
    ...page,
    text: maskText(page.text),
    hocr: maskHocr(page.hocr),
    blocks: page.blocks.map((block) => ({
      ...block,
      text: maskText(block.text, maskBlock),
      words: block.words.map((word) => ({ ...word, text: maskWord(word.text) })),
    })),
  };
}

const imageEntry = (png: Uint8Array) => entry('ImagePNG', png);

function entry(type: string, content: string | Uint8Array | null): ResultEntry {
  return { type, data: content === null ? null : Buffer.from(content).toString('base64') };
}
