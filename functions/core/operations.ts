/**
 * The Aspose.OCR Cloud v5.0 operations whose results can be collected: the one registry that the contract,
 * the vendor adapter, the simulator and the command line read.
 *
 * Source: the vendor's OpenAPI file (Java SDK 24.11.0). Every operation is submitted with `POST`, fetched with
 * `GET ?id=` and cancelled with `DELETE ?id=` at `/v5.0/ocr/<Operation>`, and they all answer in one shape.
 */

/** What a caller submits to an operation. */
export type OperationInput = 'image' | 'pdf' | 'djvu' | 'text';

export interface Operation {
  /** What the operation reads. */
  readonly input: OperationInput;
  /** An evaluation twin: it takes no Authorization header (sending one is a defect) and masks words. */
  readonly trial: boolean;
  /** What a result of the vendor's type `Other` holds, where its documentation tells. */
  readonly otherType?: 'JSON';
}

const regular = (input: OperationInput, details: Partial<Operation> = {}): Operation => ({
  input,
  trial: false,
  ...details,
});

const operations = {
  RecognizeImage: regular('image'),
  RecognizeRegions: regular('image'),
  RecognizePdf: regular('pdf'),
  RecognizeTable: regular('image'),
  RecognizeReceipt: regular('image'),
  RecognizeLabel: regular('image'),
  RecognizeAndParseInvoice: regular('image'),
  IdentifyFont: regular('image'),
  DetectRegions: regular('image', { otherType: 'JSON' }),
  BinarizeImage: regular('image'),
  DeskewImage: regular('image'),
  DewarpImage: regular('image'),
  UpscaleImage: regular('image'),
  DjVu2PDF: regular('djvu'),
  ConvertTextToSpeech: regular('text'),
  RecognizeImageTrial: regular('image', { trial: true }),
  ConvertTextToSpeechTrial: regular('text', { trial: true }),
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const OPERATIONS: Readonly<Record<OperationName, Operation>> = operations;

export const OPERATION_NAMES = Object.keys(operations).filter(isOperationName);

/** The operation of a task whose submitter named none. */
export const DEFAULT_OPERATION = 'RecognizeImage' satisfies OperationName;

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}
