import {
  DEFAULT_OPERATION,
  OPERATION_NAMES,
  OPERATIONS,
  type OperationInput,
  type OperationName,
} from '../../functions/contracts/operations.ts';
import { resultTypesOf } from '../../functions/contracts/result-types.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import type { ImageHeader } from '../aspose-simulator/image-file.ts';
import { IMAGE_FORMAT_NAMES } from '../aspose-simulator/image-formats.ts';
import type { Rect } from '../aspose-simulator/recognizer.ts';
import { explainUnsupported } from '../aspose-simulator/supported-operations.ts';
import { UsageError } from './command-errors.ts';
import type { VendorChoice } from './vendor.ts';

/** The options of `recognize`, as given. */
export interface RecognizeOptions {
  readonly operation?: string | undefined;
  readonly resultType?: string | undefined;
  readonly language?: string | undefined;
  readonly region: readonly string[];
  readonly trial?: true;
}

/** A file with the operation and the settings that it is submitted with. */
export interface PlannedSubmission {
  readonly operation: OperationName;
  readonly bytes: Uint8Array;
  readonly settings: object;
}

/**
 * Checks everything that can be checked before a file is submitted.
 *
 * @param fileName names the file in error messages
 * @throws InvalidInput naming the option, or UsageError for what the simulator does not support
 */
export async function planSubmission(
  bytes: Uint8Array,
  fileName: string,
  options: RecognizeOptions,
  vendor: VendorChoice['kind'],
): Promise<PlannedSubmission> {
  const operation = chooseOperation(options);
  const size = await checkFile(bytes, fileName, operation);
  const settings = submissionSettings(operation, options, size);
  const refusal = vendor === 'simulator' ? explainUnsupported(operation, settings) : undefined;
  if (refusal !== undefined) throw new UsageError(refusal);
  return { operation, bytes, settings };
}

/** A region without an operation selects RecognizeRegions. `trial` selects the evaluation twin. */
function chooseOperation({ operation: named, region, trial }: RecognizeOptions): OperationName {
  const regular = named ?? (region.length > 0 ? 'RecognizeRegions' : DEFAULT_OPERATION);
  const operation = OPERATION_NAMES.find((name) => name === regular);
  if (operation === undefined) {
    throw new InvalidInput('operation', `'${regular}'`, OPERATION_NAMES.join(', '));
  }
  if (operation === 'RecognizeRegions' && region.length === 0) {
    throw new InvalidInput('region', 'none for RecognizeRegions', 'one or more, as x1,y1,x2,y2');
  }
  if (operation !== 'RecognizeRegions' && region.length > 0) {
    throw new InvalidInput('region', `one for ${operation}`, 'regions for RecognizeRegions only');
  }
  if (trial !== true || OPERATIONS[operation].trial) return operation;
  const twin = OPERATION_NAMES.find((name) => name === `${operation}Trial`);
  if (twin !== undefined) return twin;
  throw new InvalidInput(
    'trial',
    `${operation}, which has no evaluation twin`,
    'RecognizeImage or ConvertTextToSpeech',
  );
}

type ImageSize = Pick<ImageHeader, 'width' | 'height'>;

const CONTENT: Readonly<Record<OperationInput, string>> = {
  image: `an image (${IMAGE_FORMAT_NAMES})`,
  pdf: 'a PDF document',
  djvu: 'a DjVu document',
  text: 'a text file in UTF-8',
};

/** @returns the size in pixels; undefined for files that are not images */
async function checkFile(
  bytes: Uint8Array,
  name: string,
  operation: OperationName,
): Promise<ImageSize | undefined> {
  const { input } = OPERATIONS[operation];
  const size = input === 'image' ? await imageSizeOf(bytes) : undefined;
  if (hasContent(bytes, input, size)) return size;
  const problem = bytes.length === 0 ? 'is empty' : 'has other content';
  throw new InvalidInput('file', `${name}, which ${problem}`, `${CONTENT[input]}, for ${operation}`);
}

async function imageSizeOf(bytes: Uint8Array): Promise<ImageSize | undefined> {
  // Imported late: loading the decoder would delay usage errors.
  const { readImageHeader } = await import('../aspose-simulator/image-file.ts');
  return await readImageHeader(bytes);
}

function hasContent(bytes: Uint8Array, input: OperationInput, size: ImageSize | undefined): boolean {
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

/** Sets every flag: Aspose's documentation and its OpenAPI file disagree on the defaults. */
function submissionSettings(
  operation: OperationName,
  options: RecognizeOptions,
  size: ImageSize | undefined,
) {
  const isTable = operation === 'RecognizeTable';
  const resultType = chooseResultType(operation, options);
  const regions = options.region.map((region, index) => ({
    rect: parseRegion(region, size),
    order: index + 1,
  }));
  return {
    language: options.language ?? 'English',
    resultType: isTable ? 'Text' : resultType,
    ...(isTable && { resultTypeTable: resultType }),
    Rotate: 0,
    makeSkewCorrect: false,
    makeBinarization: false,
    makeSpellCheck: false,
    makeContrastCorrection: false,
    makeUpsampling: false,
    dsrMode: 'Regions',
    dsrConfidence: 'Default',
    ...(regions.length > 0 && { regions }),
  };
}

function chooseResultType(operation: OperationName, { resultType }: RecognizeOptions): string {
  const types = resultTypesOf(operation);
  const type = resultType === undefined ? types[0] : types.find((name) => name === resultType);
  if (type !== undefined) return type;
  throw new InvalidInput('resultType', `'${resultType}' for ${operation}`, types.join(', '));
}

function parseRegion(text: string, size: ImageSize | undefined): Rect {
  const edges = /^(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})$/.exec(text)?.slice(1).map(Number);
  const [topLeftX = 0, topLeftY = 0, bottomRightX = 0, bottomRightY = 0] = edges ?? [];
  if (edges === undefined || topLeftX >= bottomRightX || topLeftY >= bottomRightY) {
    const allowed = 'x1,y1,x2,y2 in whole pixels, with x1 below x2 and y1 below y2';
    throw new InvalidInput('region', `'${text}'`, allowed);
  }
  if (size !== undefined && (bottomRightX > size.width || bottomRightY > size.height)) {
    const allowed = `up to ${size.width},${size.height}`;
    throw new InvalidInput('region', `'${text}', which lies outside the image`, allowed);
  }
  return { topLeftX, topLeftY, bottomRightX, bottomRightY };
}
