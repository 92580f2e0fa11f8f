import { MAX_TEXT_BYTES } from '../contracts/image-limits.ts';
import { OPERATIONS, type OperationInput, type OperationName } from '../contracts/operations.ts';
import { InvalidInput } from './invalid-input.ts';
import { isSvg } from './svg-format.ts';

/**
 * Tells formats by the first bytes of a file. No check is stricter than decoders are: a broken
 * image is for Aspose to refuse.
 */

/** The formats that operations on images take, by their display names. */
export const PICTURE_FORMATS = ['JPEG', 'PNG', 'GIF', 'TIFF', 'BMP', 'WebP', 'SVG'] as const;

export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Signatures as Latin-1 text. A dot stands for any byte. */
const SIGNATURES: readonly (readonly [format: PictureFormat, signature: string])[] = [
  ['JPEG', '\xff\xd8\xff'],
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['GIF', 'GIF8'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  // BigTIFF.
  ['TIFF', 'II+\0'],
  ['TIFF', 'MM\0+'],
  ['BMP', 'BM'],
  ['WebP', 'RIFF....WEBP'],
];

/** The longest signature at the beginning of a file is shorter. */
const SIGNATURE_BYTES = 16;

/** Readers of PDF documents accept other bytes before the header. */
const PDF_HEADER_WITHIN_BYTES = 1024;

/** The picture format of a file, by its first bytes. */
export function pictureFormat(head: Uint8Array): PictureFormat | undefined {
  const beginning = latin1(head.subarray(0, SIGNATURE_BYTES));
  const signature = SIGNATURES.find(([, text]) =>
    [...text].every((character, place) => character === '.' || character === beginning[place]),
  );
  return signature?.[0] ?? (isSvg(head) ? 'SVG' : undefined);
}

const TAKEN: Readonly<Record<OperationInput, string>> = {
  image: `an image (${PICTURE_FORMATS.join(', ')})`,
  pdf: 'a PDF document',
  djvu: 'a DjVu document',
  text: 'UTF-8 text without NUL characters',
};

/**
 * Checks whether a file is what the operation takes. The error does not repeat its content.
 *
 * @param head the first bytes, at least 1,024 if the file has as many
 * @param bytes length of the file
 */
export function contentProblem(
  operation: OperationName,
  head: Uint8Array,
  bytes: number,
): InvalidInput | undefined {
  const { input } = OPERATIONS[operation];
  if (bytes > 0 && isTaken(input, head, bytes)) return undefined;
  const got = bytes === 0 ? 'an empty file' : describeContent(head, bytes);
  const hint = input === 'image' && isPdf(head) ? '; for a PDF document, use RecognizePdf' : '';
  return new InvalidInput('image', got, `${TAKEN[input]} for ${operation}${hint}`);
}

function isTaken(input: OperationInput, head: Uint8Array, bytes: number): boolean {
  switch (input) {
    case 'image':
      return pictureFormat(head) !== undefined;
    case 'pdf':
      return isPdf(head);
    case 'djvu':
      return isDjvu(head);
    case 'text':
      return isText(head, bytes);
  }
}

function describeContent(head: Uint8Array, bytes: number): string {
  const format = pictureFormat(head);
  if (format !== undefined) return `an image (${format})`;
  if (isPdf(head)) return 'a PDF document';
  if (isDjvu(head)) return 'a DjVu document';
  return isText(head, bytes) ? 'text' : 'content of another format';
}

function isPdf(head: Uint8Array): boolean {
  return latin1(head.subarray(0, PDF_HEADER_WITHIN_BYTES)).includes('%PDF-');
}

function isDjvu(head: Uint8Array): boolean {
  return latin1(head.subarray(0, SIGNATURE_BYTES)).startsWith('AT&TFORM');
}

function isText(head: Uint8Array, bytes: number): boolean {
  if (head.includes(0)) return false;
  try {
    // The head of a longer file may end within a character. A byte order mark alone is no text.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: head.length < bytes });
    return text !== '';
  } catch {
    return false;
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Checks the size of a file. Text has a limit of its own, because it is kept in memory. */
export function sizeProblem(
  operation: OperationName,
  bytes: number,
  maxImageBytes: number,
): InvalidInput | undefined {
  const { input } = OPERATIONS[operation];
  const maxBytes = input === 'text' ? Math.min(MAX_TEXT_BYTES, maxImageBytes) : maxImageBytes;
  if (bytes <= maxBytes) return undefined;
  return new InvalidInput('image', `${bytes} bytes`, `at most ${maxBytes} bytes`);
}
