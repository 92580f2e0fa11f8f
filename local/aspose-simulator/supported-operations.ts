import { OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { type FindLanguageData, findInstalledLanguageData, readLanguage } from './language-data.ts';

/** The operations of a local engine. Results of others would have to be invented. */
export const SUPPORTED_OPERATIONS = [
  'RecognizeImage',
  'RecognizeImageTrial',
  'RecognizeRegions',
  'RecognizePdf',
  'RecognizeReceipt',
  'RecognizeLabel',
  'DetectRegions',
  'BinarizeImage',
  'DeskewImage',
  'UpscaleImage',
] as const satisfies readonly OperationName[];

/** Settings that are checked and then ignored, because the local engine does not support them. */
export const IGNORED_SETTINGS: readonly string[] = [
  'makeSpellCheck',
  'dsrMode',
  'dsrConfidence',
  'resultTypeTable',
];

export type SupportedOperation = (typeof SUPPORTED_OPERATIONS)[number];

export function isSupported(operation: OperationName): operation is SupportedOperation {
  return SUPPORTED_OPERATIONS.some((supported) => supported === operation);
}

export function explainUnsupportedOperation(operation: OperationName): string {
  const allowed = SUPPORTED_OPERATIONS.join(', ');
  return `operation: got ${operation}, whose results a simulator would have to invent; allowed: ${allowed}`;
}

/** Why the simulator does not support a submission that Aspose might; undefined when it does. */
export function explainUnsupported(
  operation: OperationName,
  settings: { readonly language?: string; readonly resultType?: string } = {},
  findLanguageData: FindLanguageData = findInstalledLanguageData,
): string | undefined {
  if (!isSupported(operation)) return explainUnsupportedOperation(operation);
  const { language = 'English', resultType = 'Text' } = settings;
  const data = readLanguage(language, findLanguageData);
  if (data.kind === 'Unsupported') return data.reason;
  if (OPERATIONS[operation].trial && resultType.includes('Pdf')) {
    return `resultType: got ${resultType}; allowed for ${operation}: types without Pdf, whose words a simulator cannot mask`;
  }
  if (operation === 'RecognizeRegions' && resultType.includes('And')) {
    return `resultType: got ${resultType}; allowed for ${operation}, one for each region: Text, Pdf, Hocr, ImagePNG, JSON`;
  }
  return undefined;
}
