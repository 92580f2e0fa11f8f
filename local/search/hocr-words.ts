import { type MarkupHandler, parseMarkup } from './parse-markup.ts';
import { MAX_DOCUMENT_CHARACTERS } from './write-index.ts';

/** A page of an hOCR document: the size of the recognized image in pixels. */
export interface HocrPage {
  /** From 1, in the order of the document. */
  readonly number: number;
  readonly width: number;
  readonly height: number;
}

/** A word, and its rectangle in pixels of the recognized image. */
export interface HocrWord {
  readonly text: string;
  readonly page: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** The rectangle of a word whose place in the image is not known. */
export const NO_PLACE = { x1: 0, y1: 0, x2: 0, y2: 0 };

export interface HocrDocument {
  /** Those of a known size. */
  readonly pages: readonly HocrPage[];
  /** In the order of the document. */
  readonly words: readonly HocrWord[];
}

/** An element without words of its own may hold its text directly. */
const TEXT_CLASSES = ['ocrx_word', 'ocr_line', 'ocrx_line', 'ocr_header', 'ocr_caption', 'ocr_textfloat'];

type Box = readonly [x1: number, y1: number, x2: number, y2: number];

interface OpenElement {
  /** Absent for an element that is no word and no line. */
  readonly box?: Box | undefined;
  text: string;
}

/**
 * Reads pages and words of an hOCR document (http://kba.github.io/hocr-spec/1.2/), which is
 * untrusted: anything unexpected is left out, and so are words that the index would not keep.
 */
export async function readHocr(hocr: string): Promise<HocrDocument> {
  const pages: HocrPage[] = [];
  const words: HocrWord[] = [];
  const open: OpenElement[] = [];
  let page = 0;
  let characters = 0;

  function takeText(element: OpenElement): void {
    const { box, text } = element;
    element.text = '';
    if (box === undefined) return;
    const [x1, y1, x2, y2] = box;
    for (const word of text.split(/\s+/u)) {
      if (word === '') continue;
      characters += word.length + 1;
      if (characters > MAX_DOCUMENT_CHARACTERS) return;
      words.push({ text: word, page: Math.max(page, 1), x1, y1, x2, y2 });
    }
  }

  const handler: MarkupHandler = {
    onopentag(_name, { class: classes = '', title = '' }) {
      const names = classes.split(/\s+/);
      const parent = open.at(-1);
      const box = boxOf(title);
      if (names.includes('ocr_page')) {
        page += 1;
        if (box !== undefined) pages.push({ number: page, width: box[2], height: box[3] });
      }
      const ownBox = TEXT_CLASSES.some((name) => names.includes(name)) ? box : undefined;
      // The text before the element comes first. Markup such as <em> continues its parent's word.
      if (ownBox !== undefined && parent !== undefined) takeText(parent);
      open.push(ownBox === undefined && parent !== undefined ? parent : { box: ownBox, text: '' });
    },
    ontext(text) {
      const element = open.at(-1);
      if (element?.box === undefined || element.text.length > MAX_DOCUMENT_CHARACTERS) return;
      element.text += text;
    },
    onclosetag() {
      const element = open.pop();
      if (element !== undefined && element !== open.at(-1)) takeText(element);
    },
  };
  await parseMarkup(hocr, handler, () => characters > MAX_DOCUMENT_CHARACTERS);
  return { pages, words };
}

/** Pixels are stored in 32 bits. */
const MAX_PIXELS = 2 ** 31 - 1;

function boxOf(title: string): Box | undefined {
  const numbers = /(?:^|;)\s*bbox\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)/.exec(title)?.slice(1).map(Number);
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers ?? [];
  return x1 < x2 && y1 < y2 && x2 <= MAX_PIXELS && y2 <= MAX_PIXELS ? [x1, y1, x2, y2] : undefined;
}
