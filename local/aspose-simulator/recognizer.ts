import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createWorker, OEM, type Page, type Worker } from 'tesseract.js';

/** A rectangle in pixels; the bottom right corner lies just outside it. */
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

export interface RecognizedPage {
  readonly text: string;
  /** An hOCR page element. */
  readonly hocr: string;
  /** In reading order. */
  readonly words: readonly RecognizedWord[];
  /** The blocks of text, in reading order. */
  readonly blocks: readonly Rect[];
  /** The page's image over its invisible text; null unless asked for. */
  readonly searchablePdf: Uint8Array | null;
}

/** The OCR engine. Images are PNG files; every method rejects when the engine fails, and can then be called again. */
export interface Recognizer {
  recognize(png: Uint8Array, options: { searchablePdf: boolean }): Promise<RecognizedPage>;
  /** The image turned so that its lines of text lie level, or in black and white, or both; as PNG. */
  preprocess(png: Uint8Array, options: { deskew: boolean; binarize: boolean }): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Tesseract in a worker thread of its own, for English. The thread starts at the first need; engine and
 * language data come from installed packages, so nothing is downloaded.
 */
export function createTesseractRecognizer(): Recognizer {
  let worker: Promise<Worker> | undefined;
  let queue: Promise<void> = Promise.resolve();
  let closed = false;
  let abandonJob: (reason: Error) => void = () => {};

  return {
    recognize: (png, { searchablePdf }) =>
      enqueue(async (engine) => {
        const output = { text: true, hocr: true, blocks: true, pdf: searchablePdf };
        const { data } = await engine.recognize(Buffer.from(png), {}, output);
        return recognizedPage(data);
      }),

    preprocess: (png, { deskew, binarize }) =>
      enqueue(async (engine) => {
        const output = { text: false, imageColor: !binarize, imageBinary: binarize };
        const { data } = await engine.recognize(Buffer.from(png), { rotateAuto: deskew }, output);
        return pngOfDataUrl((binarize ? data.imageBinary : data.imageColor) ?? '');
      }),

    async close() {
      closed = true;
      abandonJob(new RecognizerClosedError());
      await terminate();
    },
  };

  // One job at a time: a Tesseract instance holds one image.
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
        // A terminated thread answers nothing: closing ends the job in its place.
        abandonJob = reject;
        start().then(job).then(resolve, reject);
      });
    } catch (error) {
      // The engine may be left in any state, so the next job gets a new one.
      await terminate();
      throw error;
    }
  }

  function start(): Promise<Worker> {
    worker ??= startWorker();
    return worker;
  }

  async function terminate() {
    const stopping = worker;
    worker = undefined;
    await (await stopping?.catch(() => undefined))?.terminate();
  }
}

class RecognizerClosedError extends Error {
  override readonly name = 'RecognizerClosedError';
  constructor() {
    super('The recognizer was closed before it had recognised the image.');
  }
}

function startWorker(): Promise<Worker> {
  const languageData = dirname(createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json'));
  return createWorker('eng', OEM.LSTM_ONLY, {
    langPath: join(languageData, '4.0.0_best_int'),
    gzip: true,
    cacheMethod: 'none',
    // Failures come back as rejections; without a handler tesseract.js throws them a second time, uncaught.
    errorHandler: () => {},
  });
}

function recognizedPage(page: Page): RecognizedPage {
  const blocks = page.blocks ?? [];
  const lines = blocks.flatMap((block) => block.paragraphs).flatMap((paragraph) => paragraph.lines);
  return {
    text: page.text.trimEnd(),
    hocr: page.hocr ?? '',
    words: lines
      .flatMap((line) => line.words)
      .map(({ text, confidence, bbox }) => ({ text, confidence, rect: rectOf(bbox) })),
    blocks: blocks.map((block) => rectOf(block.bbox)),
    searchablePdf: page.pdf === null ? null : Uint8Array.from(page.pdf),
  };
}

function rectOf(box: { x0: number; y0: number; x1: number; y1: number }): Rect {
  return { topLeftX: box.x0, topLeftY: box.y0, bottomRightX: box.x1, bottomRightY: box.y1 };
}

function pngOfDataUrl(url: string): Uint8Array {
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
