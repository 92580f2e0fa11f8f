import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import type { Rect } from '../aspose-simulator/recognizer.ts';
import { RESULT_TYPES, TABLE_RESULT_TYPES } from '../aspose-simulator/submission.ts';
import { UsageError } from './command-errors.ts';
import type { SourceFile } from './source-file.ts';

/** The options of `recognize`, as given. */
export interface RecognizeOptions {
  readonly operation?: string;
  readonly resultType?: string;
  readonly language?: string;
  readonly region: readonly string[];
  readonly trial?: true;
}

/**
 * The operation that the options ask for: `--region` alone means RecognizeRegions, and `--trial` the evaluation twin.
 *
 * @throws UsageError for an unknown operation, or options that do not go together
 */
export function chooseOperation({ operation: named, region, trial }: RecognizeOptions): OperationName {
  const regular = named ?? (region.length > 0 ? 'RecognizeRegions' : 'RecognizeImage');
  const operation = OPERATION_NAMES.find((name) => name === regular);
  if (operation === undefined) {
    throw new UsageError(`--operation: got '${regular}'; allowed: ${OPERATION_NAMES.join(', ')}`);
  }
  if (region.length > 0 !== (operation === 'RecognizeRegions')) {
    throw new UsageError(
      region.length > 0
        ? `--region: got it with --operation ${operation}; allowed: with RecognizeRegions`
        : '--region: got none for RecognizeRegions; allowed: one or more, as x1,y1,x2,y2',
    );
  }
  if (trial !== true || OPERATIONS[operation].trial) return operation;
  const twin = OPERATION_NAMES.find((name) => name === `${operation}Trial`);
  if (twin !== undefined) return twin;
  throw new UsageError(
    `--trial: got it with --operation ${operation}, which has no evaluation twin; allowed: RecognizeImage, ConvertTextToSpeech`,
  );
}

/**
 * The settings of a submission. Every flag is sent: the vendor's documentation and its OpenAPI file disagree on the
 * defaults.
 *
 * @throws UsageError for an unknown result type, and for regions that are no part of the picture
 */
export function submissionSettings(operation: OperationName, options: RecognizeOptions, file: SourceFile) {
  const isTable = operation === 'RecognizeTable';
  const asTable = isTable ? pickType(operation, TABLE_RESULT_TYPES, options) : undefined;
  const resultType = isTable ? 'Text' : pickType(operation, RESULT_TYPES, options);
  const regions = options.region.map((region, index) => ({
    rect: parseRegion(region, file.size),
    order: index + 1,
  }));
  return {
    language: options.language ?? 'English',
    resultType,
    ...(asTable !== undefined && { resultTypeTable: asTable }),
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

function pickType<T extends string>(
  operation: OperationName,
  allowed: readonly ('Text' | T)[],
  { resultType = 'Text' }: RecognizeOptions,
): 'Text' | T {
  const type = allowed.find((name) => name === resultType);
  if (type !== undefined) return type;
  throw new UsageError(`--result-type: got '${resultType}'; allowed for ${operation}: ${allowed.join(', ')}`);
}

function parseRegion(text: string, size: SourceFile['size']): Rect {
  const edges = /^(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})$/.exec(text)?.slice(1).map(Number);
  const [topLeftX = 0, topLeftY = 0, bottomRightX = 0, bottomRightY = 0] = edges ?? [];
  if (edges === undefined || topLeftX >= bottomRightX || topLeftY >= bottomRightY) {
    throw new UsageError(
      `--region: got '${text}'; allowed: x1,y1,x2,y2 in whole pixels, with x1 below x2 and y1 below y2`,
    );
  }
  if (size !== undefined && (bottomRightX > size.width || bottomRightY > size.height)) {
    throw new UsageError(
      `--region: got '${text}', which lies outside the image; allowed: up to ${size.width},${size.height}`,
    );
  }
  return { topLeftX, topLeftY, bottomRightX, bottomRightY };
}
