import { OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import type { SubmissionSettings } from './submission.ts';

/** The operations that a local engine serves honestly; the others would need invented results. */
export const SUPPORTED_OPERATIONS = [
  'RecognizeImage',
  'RecognizeImageTrial',
  'RecognizeRegions',
  'RecognizeReceipt',
  'RecognizeLabel',
  'DetectRegions',
  'BinarizeImage',
  'DeskewImage',
  'UpscaleImage',
] as const satisfies readonly OperationName[];

/** An operation that the simulator serves. */
export type SupportedOperation = (typeof SUPPORTED_OPERATIONS)[number];

/** Whether the simulator serves an operation. */
export function isSupported(operation: OperationName): operation is SupportedOperation {
  return SUPPORTED_OPERATIONS.some((served) => served === operation);
}

/** Why the simulator does not serve an operation, in one sentence. */
export function explainUnsupportedOperation(operation: OperationName): string {
  return `The simulator does not serve ${operation}, since it would have to invent the results; it serves ${SUPPORTED_OPERATIONS.join(', ')}.`;
}

/**
 * Why the simulator cannot serve a submission that the vendor might: one sentence with what was got and what is
 * allowed, or undefined when it can.
 */
export function explainUnsupported(
  operation: OperationName,
  settings: Partial<Pick<SubmissionSettings, 'language' | 'resultType'>> = {},
): string | undefined {
  if (!isSupported(operation)) return explainUnsupportedOperation(operation);
  const { language = 'English', resultType = 'Text' } = settings;
  if (!['english', 'eng'].includes(language.toLowerCase())) {
    return `The simulator recognises English only, got the language ${JSON.stringify(language)}.`;
  }
  if (OPERATIONS[operation].trial && resultType.includes('Pdf')) {
    return `The simulator cannot mask words inside a PDF, got the result type ${resultType} for ${operation}; any type without Pdf is allowed.`;
  }
  if (operation === 'RecognizeRegions' && resultType.includes('And')) {
    return `RecognizeRegions answers one result per region, got the result type ${resultType}; Text, Pdf, Hocr, ImagePNG and JSON are allowed.`;
  }
  return undefined;
}
