import { readFile } from 'node:fs/promises';
import { takesSettings } from '../functions/contracts/image-settings.ts';
import {
  DEFAULT_OPERATION,
  OPERATION_NAMES,
  OPERATIONS,
  type OperationName,
} from '../functions/contracts/operations.ts';
import { resultTypesOf } from '../functions/contracts/result-types.ts';
import { checkContent } from '../functions/core/check-image.ts';
import { parseImageSettings, settingsFromText } from '../functions/core/image-settings.ts';
import { HEAD_BYTES } from '../functions/core/image-upload.ts';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import { withoutUndefined } from '../functions/core/without-undefined.ts';
import { UsageError } from './command-errors.ts';
import { errorCode } from './error-code.ts';
import { parseSettings } from './parse-settings.ts';

/** The options of `recognize`, as given. */
export interface RecognizeOptions {
  readonly operation?: string | undefined;
  readonly resultType?: string | undefined;
  readonly language?: string | undefined;
  /** Each is `x1,y1,x2,y2`. */
  readonly region?: readonly string[] | undefined;
  /** Each is `name=value`. */
  readonly setting?: readonly string[] | undefined;
  readonly trial?: true;
}

/** What is done with each file of a command. */
export interface RecognitionPlan {
  readonly operation: OperationName;
  /** Those that the operation takes, checked. */
  readonly settings: object;
}

/** Says why a simulator does not support a valid request; undefined if it does. */
export type ExplainUnsupported = (
  operation: OperationName,
  settings: { readonly language?: string; readonly resultType?: string },
) => string | undefined;

/**
 * Checks operation and settings before anything is started.
 *
 * @throws InvalidInput naming the option, or UsageError for what the simulator does not support
 */
export function planRecognition(
  options: RecognizeOptions,
  explainUnsupported?: ExplainUnsupported,
): RecognitionPlan {
  const operation = chooseOperation(options);
  const settings = parseImageSettings(operation, settingsOf(operation, options));
  const { resultTypeTable, resultType = resultTypeTable } = settings;
  const { language } = settings;
  const refusal = explainUnsupported?.(operation, withoutUndefined({ language, resultType }));
  if (refusal !== undefined) throw new UsageError(refusal);
  return { operation, settings };
}

/**
 * Reads a file, and checks whether it is what the operation takes.
 *
 * @param shownPath names the file in error messages
 * @throws InvalidInput naming the argument `file`
 */
export async function readImageFile(
  path: string,
  shownPath: string,
  plan: RecognitionPlan,
): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const reason = errorCode(error) ?? error;
    throw new InvalidInput('file', `'${shownPath}', which cannot be read (${reason})`, 'a readable file');
  });
  try {
    checkImageBytes(bytes, plan);
  } catch (error) {
    if (!(error instanceof InvalidInput) || error.field !== 'image') throw error;
    throw new InvalidInput('file', `'${shownPath}', which is ${error.got}`, error.allowed);
  }
  return bytes;
}

/** @throws InvalidInput naming `image` or the setting */
export function checkImageBytes(bytes: Uint8Array, { operation, settings }: RecognitionPlan): void {
  checkContent(operation, settings, { head: bytes.subarray(0, HEAD_BYTES), bytes: bytes.length });
}

/** A region without an operation selects RecognizeRegions. `trial` selects the evaluation twin. */
function chooseOperation({ operation: named, region = [], trial }: RecognizeOptions): OperationName {
  const regular = named ?? (region.length > 0 ? 'RecognizeRegions' : DEFAULT_OPERATION);
  const operation = OPERATION_NAMES.find((name) => name === regular);
  if (operation === undefined) {
    throw new InvalidInput('operation', `'${regular}'`, OPERATION_NAMES.join(', '));
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

/**
 * Collects the settings that the options name.
 *
 * @throws InvalidInput when a setting has two values, in any case of its name
 */
function settingsOf(operation: OperationName, options: RecognizeOptions): Record<string, unknown> {
  const { resultType, language, region = [], setting = [] } = options;
  const isTable = operation === 'RecognizeTable';
  if (resultType !== undefined) checkResultType(operation, resultType);
  const fromText = settingsFromText(parseSettings(setting));
  const fromOptions = {
    ...(resultType !== undefined &&
      // The only result type of an operation without settings may be named.
      takesSettings(operation) && { [isTable ? 'resultTypeTable' : 'resultType']: resultType }),
    ...(language !== undefined && { language }),
    ...(region.length > 0 && { regions: region.map(parseRegion) }),
  };
  const names = Object.keys(fromText).map((name) => name.toLowerCase());
  const twice = Object.keys(fromOptions).find((name) => names.includes(name.toLowerCase()));
  if (twice !== undefined) throw new InvalidInput(`settings.${twice}`, 'two values', 'one value');
  return { ...fromText, ...fromOptions };
}

function checkResultType(operation: OperationName, resultType: string): void {
  const types = resultTypesOf(operation);
  if (types.some((type) => type === resultType)) return;
  throw new InvalidInput('resultType', `'${resultType}' for ${operation}`, types.join(', '));
}

function parseRegion(text: string): object {
  const edges = /^(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})$/.exec(text)?.slice(1).map(Number);
  const [topLeftX = 0, topLeftY = 0, bottomRightX = 0, bottomRightY = 0] = edges ?? [];
  if (edges !== undefined && topLeftX < bottomRightX && topLeftY < bottomRightY) {
    return { rect: { topLeftX, topLeftY, bottomRightX, bottomRightY } };
  }
  const allowed = 'x1,y1,x2,y2 in whole pixels, with x1 below x2 and y1 below y2';
  throw new InvalidInput('region', `'${text}'`, allowed);
}
