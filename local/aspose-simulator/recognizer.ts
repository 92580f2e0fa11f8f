import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Block, createWorker, OEM, type Page, type Worker } from 'tesseract.js';

/** A rectangle in pixels. The bottom right corner is exclusive. */
export interface Rect {
  readonly topLeftX: number;
  readonly topLeftY: number;
  readonly bottomRightX: number;
  readonly bottomRightY: number;
}

export interface RecognizedWord {
  readonly text: string;
  /** Percent. */
  readonly confidence: number;
  readonly rect: Rect;
}

/** A block of text, such as a column or an address. */
export interface RecognizedBlock {
  readonly text: string;
  readonly rect: Rect;
  /** The order is that of reading. */
  readonly words: readonly RecognizedWord[];
}

export interface RecognizedPage {
  readonly text: string;
  /** An hOCR page element. */
  readonly hocr: string;
  /** The order is that of reading. */
  readonly blocks: readonly RecognizedBlock[];
  /** The image of the page over its invisible text; null unless requested. */
  readonly searchablePdf: Uint8Array | null;
}

/** Tesseract's limit on width and height. */
export const MAX_SIDE_PIXELS = 32_767;

/** The position of width and height, which begin a PNG file's first chunk. */
const PNG_SIZE_AT = 16;

/** The OCR engine. Images are PNG files. A method that rejected can be called again. */
export interface Recognizer {
  recognize(png: Uint8Array, options: { searchablePdf: boolean }): Promise<RecognizedPage>;
  /** Makes the lines of text horizontal, or the image black and white, or both. */
  preprocess(png: Uint8Array, options: { deskew: boolean; binarize: boolean }): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Creates a recognizer for English: Tesseract in its own worker thread, which starts when it is
 * first needed. Engine and language data come from installed packages. Nothing is downloaded.
 */
export function createTesseractRecognizer(): Recognizer {
  let worker: Promise<Worker> | undefined;
  let queue: Promise<void> = Promise.resolve();
  let closed = false;
  let abandonJob: (reason: Error) => void = () => {};

  return {
    async recognize(png, { searchablePdf }) {
      checkSides(png);
      return await enqueue(async (engine) => {
        const output = { text: true, hocr: true, blocks: true, pdf: searchablePdf };
        const { data } = await engine.recognize(Buffer.from(png), {}, output);
        return recognizedPage(data);
      });
    },

    async preprocess(png, { deskew, binarize }) {
      checkSides(png);
      return await enqueue(async (engine) => {
        const output = { text: false, imageColor: !binarize, imageBinary: binarize };
        const { data } = await engine.recognize(Buffer.from(png), { rotateAuto: deskew }, output);
        return pngOfDataUrl((binarize ? data.imageBinary : data.imageColor) ?? '');
      });
    },

    async close() {
      closed = true;
      abandonJob(new RecognizerClosedError());
      await terminate();
    },
  };

  // Runs one job at a time, because a Tesseract instance holds one image.
  function enqueue<T>(job: (engine: Worker) => Promise<T>): Promise<T> {
    const result = queue.then(() => run(job));
    queue = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  async function run<T>(job: (engine: Worker) => Promise<T>): Promise<T> {
    if (closed) throw new RecognizerClosedError();
    try {
      return await new Promise((resolve, reject) => {
        // A terminated thread never settles its job, so closing rejects it.
        abandonJob = reject;
        worker ??= startWorker();
        worker.then(job).then(resolve, reject);
      });
    } catch (error) {
      // The engine may be in any state now, so the next job gets a new one.
      await terminate();
      // The engine rejects with strings and other values.
      throw error instanceof Error ? error : new Error(`The engine failed: ${JSON.stringify(error)}`);
    }
  }

  async function terminate() {
    const stopping = worker;
    worker = undefined;
    await (await stopping?.catch(() => undefined))?.terminate();
  }
}

/** Otherwise, the engine would fail without naming its limit. */
function checkSides(png: Uint8Array): void {
  if (png.byteLength < PNG_SIZE_AT + 8) return;
  const header = new DataView(png.buffer, png.byteOffset + PNG_SIZE_AT);
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  if (Math.max(width, height) <= MAX_SIDE_PIXELS) return;
  const allowed = `at most ${MAX_SIDE_PIXELS} on each side, also after upsampling`;
  throw new Error(`image: got ${width} x ${height} pixels; allowed: ${allowed}`);
}

class RecognizerClosedError extends Error {
  override readonly name = 'RecognizerClosedError';
  constructor() {
    super('The recognizer was closed before it had recognized the image.');
  }
}

function startWorker(): Promise<Worker> {
  const languageData = dirname(createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json'));
  return createWorker('eng', OEM.LSTM_ONLY, {
    langPath: join(languageData, '4.0.0_best_int'),
    gzip: true,
    cacheMethod: 'none',
    // Failures reject the job. Without a handler, tesseract.js also throws them uncaught.
    errorHandler: () => {},
  });
}

function recognizedPage(page: Page): RecognizedPage {
  return {
    text: page.text.trimEnd(),
    hocr: page.hocr ?? '',
    blocks: (page.blocks ?? []).map(recognizedBlock),
    searchablePdf: page.pdf === null ? null : Uint8Array.from(page.pdf),
  };
}

function recognizedBlock({ text, bbox, paragraphs }: Block): RecognizedBlock {
  const words = paragraphs.flatMap(({ lines }) => lines).flatMap((line) => line.words);
  return {
    text: text.trimEnd(),
    rect: rectOf(bbox),
    words: words.map(({ text, confidence, bbox }) => ({ text, confidence, rect: rectOf(bbox) })),
  };
}

function rectOf(box: { x0: number; y0: number; x1: number; y1: number }): Rect {
  return { topLeftX: box.x0, topLeftY: box.y0, bottomRightX: box.x1, bottomRightY: box.y1 };
}

function pngOfDataUrl(url: string): Uint8Array {
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
