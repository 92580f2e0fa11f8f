import { type Block, createWorker, OEM, type Page, type Worker } from 'tesseract.js';
import { compressImage } from './compressed-image.ts';
import {
  type FindLanguageData,
  findInstalledLanguageData,
  type InstalledLanguage,
  readLanguage,
} from './language-data.ts';

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
  /** @param options.language Aspose's name */
  recognize(
    png: Uint8Array,
    options: { readonly language: string; readonly searchablePdf: boolean },
  ): Promise<RecognizedPage>;
  /**
   * Makes the lines of text horizontal, or the image black and white, or both. The language does
   * not matter, but that of the following recognition spares the engine another one.
   */
  preprocess(
    png: Uint8Array,
    options: { readonly language: string; readonly deskew: boolean; readonly binarize: boolean },
  ): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The part of Tesseract's worker thread that a recognizer uses. */
export interface Engine {
  recognize(...job: Parameters<Worker['recognize']>): Promise<{ readonly data: EngineOutput }>;
  terminate(): Promise<unknown>;
}

type EngineOutput = Pick<Page, 'text' | 'hocr' | 'blocks' | 'pdf' | 'imageColor' | 'imageBinary'>;

/** Limits memory: an engine keeps its language's data, and the memory of its largest image. */
const MAX_ENGINES = 2;

/**
 * Creates a recognizer: Tesseract in a worker thread for each language, which starts when it is
 * first needed. The two languages that were used last keep theirs. Engine and language data come
 * from installed packages. Nothing is downloaded.
 */
export function createTesseractRecognizer(
  findLanguageData: FindLanguageData = findInstalledLanguageData,
  startEngine: (code: string, directory: string) => Promise<Engine> = startTesseract,
): Recognizer {
  /** The workers by Tesseract's code of their language. The one that was used last is the last. */
  const engines = new Map<string, Promise<Engine>>();
  let queue: Promise<void> = Promise.resolve();
  let closed = false;
  let abandonJob: (reason: Error) => void = () => {};

  return {
    async recognize(png, { language, searchablePdf }) {
      checkSides(png);
      return await enqueue(language, async (engine) => {
        const output = { text: true, hocr: true, blocks: true, pdf: searchablePdf };
        const image = searchablePdf ? await compressImage(png) : png;
        const { data } = await engine.recognize(Buffer.from(image), {}, output);
        return recognizedPage(data);
      });
    },

    async preprocess(png, { language, deskew, binarize }) {
      checkSides(png);
      return await enqueue(language, async (engine) => {
        const output = { text: false, imageColor: !binarize, imageBinary: binarize };
        const { data } = await engine.recognize(Buffer.from(png), { rotateAuto: deskew }, output);
        return pngOfDataUrl((binarize ? data.imageBinary : data.imageColor) ?? '');
      });
    },

    async close() {
      closed = true;
      abandonJob(new RecognizerClosedError());
      await Promise.all([...engines.keys()].map(terminate));
    },
  };

  // Runs one job at a time, because each takes the memory of an image.
  function enqueue<T>(language: string, job: (engine: Engine) => Promise<T>): Promise<T> {
    const result = queue.then(() => run(language, job));
    queue = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  async function run<T>(language: string, job: (engine: Engine) => Promise<T>): Promise<T> {
    const data = readLanguage(language, findLanguageData);
    if (data.kind === 'Unsupported') throw new Error(data.reason);
    await terminateOthers(data.code);
    if (closed) throw new RecognizerClosedError();
    try {
      return await new Promise((resolve, reject) => {
        // A terminated thread never settles its job, so closing rejects it.
        abandonJob = reject;
        useEngine(data).then(job).then(resolve, reject);
      });
    } catch (error) {
      // The engine may be in any state now, so the next job gets a new one.
      await terminate(data.code);
      // The engine rejects with strings and other values.
      throw error instanceof Error ? error : new Error(`The engine failed: ${JSON.stringify(error)}`);
    }
  }

  function useEngine({ code, directory }: InstalledLanguage): Promise<Engine> {
    const engine = engines.get(code) ?? startEngine(code, directory);
    engines.delete(code);
    engines.set(code, engine);
    return engine;
  }

  /** Makes room for the engine of a language. */
  async function terminateOthers(code: string): Promise<void> {
    const others = [...engines.keys()].filter((other) => other !== code);
    await Promise.all(others.slice(0, -(MAX_ENGINES - 1)).map(terminate));
  }

  async function terminate(code: string): Promise<void> {
    const stopping = engines.get(code);
    engines.delete(code);
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

function startTesseract(code: string, directory: string): Promise<Engine> {
  return createWorker(code, OEM.LSTM_ONLY, {
    langPath: directory,
    gzip: true,
    cacheMethod: 'none',
    // Failures reject the job. Without a handler, tesseract.js also throws them uncaught.
    errorHandler: () => {},
  });
}

function recognizedPage(page: EngineOutput): RecognizedPage {
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
