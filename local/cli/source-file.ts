import { readFile } from 'node:fs/promises';
import { imageSize } from 'image-size';
import { OPERATIONS, type OperationInput, type OperationName } from '../../functions/contracts/operations.ts';
import { errorCode } from '../error-code.ts';
import { UsageError } from './command-errors.ts';

/** What is submitted. */
export interface SourceFile {
  readonly bytes: Uint8Array;
  /** In pixels; images only. */
  readonly size?: { readonly width: number; readonly height: number };
}

const IMAGE_TYPES = ['jpg', 'png', 'tiff', 'gif', 'webp', 'bmp'];

const WHAT: Readonly<Record<OperationInput, string>> = {
  image: 'an image (JPEG, PNG, TIFF, GIF, WebP, BMP)',
  pdf: 'a PDF document',
  djvu: 'a DjVu document',
  text: 'a text in UTF-8 that is not empty',
};

/**
 * Reads the file that an operation is to work on.
 *
 * @throws UsageError when it cannot be read, or is nothing that the operation takes
 */
export async function readSourceFile(path: string, operation: OperationName): Promise<SourceFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const why = errorCode(error) ?? error;
    throw new UsageError(
      `FILE: got '${path}', which cannot be read (${why}); allowed: a file that can be read`,
    );
  });
  return checkSourceFile(bytes, `'${path}'`, operation);
}

/**
 * Checks that bytes are what an operation works on.
 *
 * @param name names them in a refusal
 * @throws UsageError when they are nothing that the operation takes
 */
export function checkSourceFile(bytes: Uint8Array, name: string, operation: OperationName): SourceFile {
  const { input } = OPERATIONS[operation];
  const size = input === 'image' ? sizeOf(bytes) : undefined;
  if (!fits(bytes, input, size)) {
    const what = bytes.length === 0 ? 'empty' : 'something else';
    throw new UsageError(`FILE: got ${name}, which is ${what}; allowed for ${operation}: ${WHAT[input]}`);
  }
  return { bytes, ...(size !== undefined && { size }) };
}

function fits(bytes: Uint8Array, input: OperationInput, size: SourceFile['size']): boolean {
  switch (input) {
    case 'image':
      return size !== undefined;
    case 'pdf':
      return startsWith(bytes, '%PDF-');
    case 'djvu':
      return startsWith(bytes, 'AT&TFORM');
    case 'text':
      return bytes.length > 0 && Buffer.from(bytes).toString('utf8') !== '' && !bytes.includes(0);
  }
}

function startsWith(bytes: Uint8Array, signature: string): boolean {
  return Buffer.from(bytes.subarray(0, signature.length)).toString('latin1') === signature;
}

function sizeOf(bytes: Uint8Array): SourceFile['size'] {
  try {
    const { type = '', width, height, orientation = 1 } = imageSize(bytes);
    if (!IMAGE_TYPES.includes(type)) return undefined;
    // From 5 on, the EXIF orientation lays the picture on its side.
    return orientation >= 5 ? { width: height, height: width } : { width, height };
  } catch {
    return undefined;
  }
}
