import type { OperationName } from './operations.ts';

/** Aspose's values of `resultType`. */
export const RESULT_TYPES = [
  'Text',
  'Pdf',
  'TextAndPdf',
  'Hocr',
  'TextAndHocr',
  'PdfAndHocr',
  'TextAndPdfAndHocr',
  'ImagePNG',
  'JSON',
] as const;

export type ResultType = (typeof RESULT_TYPES)[number];

/** Aspose's values of `resultTypeTable`, which replaces `resultType` for tables. */
export const TABLE_RESULT_TYPES = ['Text', 'Excel', 'Csv', 'CsvAndExcel'] as const;

/** Aspose's values of `resultType` for speech. */
export const SPEECH_RESULT_TYPES = ['Wav'] as const;

const ONLY_IMAGE = ['ImagePNG'] as const;

/** Result types of operations that have others than `RESULT_TYPES`. */
const OTHER_RESULT_TYPES: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  RecognizeTable: TABLE_RESULT_TYPES,
  DetectRegions: ['JSON'],
  BinarizeImage: ONLY_IMAGE,
  DeskewImage: ONLY_IMAGE,
  DewarpImage: ONLY_IMAGE,
  UpscaleImage: ONLY_IMAGE,
  DjVu2PDF: ['Pdf'],
  ConvertTextToSpeech: SPEECH_RESULT_TYPES,
  ConvertTextToSpeechTrial: SPEECH_RESULT_TYPES,
};

/** Lists the result types of an operation, the default first. */
export function resultTypesOf(operation: OperationName): readonly string[] {
  return OTHER_RESULT_TYPES[operation] ?? RESULT_TYPES;
}
