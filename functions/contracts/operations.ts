/** The Aspose.OCR Cloud operations whose tasks can be collected (vendor's OpenAPI file). */

/** What an operation reads. */
export type OperationInput = 'image' | 'pdf' | 'djvu' | 'text';

export interface Operation {
  readonly input: OperationInput;
  /** True for evaluation operations. They mask words and take no Authorization header. */
  readonly trial: boolean;
  /** Format of results of Aspose's type `Other`, where its documentation names one. */
  readonly otherType?: 'JSON';
  /** True when results of Aspose's type `Text` are JSON. */
  readonly textIsJson?: true;
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
  RecognizeAndParseInvoice: regular('image', { textIsJson: true }),
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
