import { MAX_IMAGE_BYTES } from '../contracts/image-limits.ts';
import type { ImageRecord } from '../contracts/image-record.ts';
import type { OperationName } from '../contracts/operations.ts';
import { contentProblem, sizeProblem } from './image-formats.ts';
import { parseImageSettings } from './image-settings.ts';
import type { SourceContent } from './image-upload.ts';
import { InvalidInput } from './invalid-input.ts';
import { pictureSize, regionProblem } from './picture-size.ts';
import { vendorSettings } from './vendor-settings.ts';

/** Whether an image can be uploaded to Aspose. */
export type CheckedImage =
  | {
      readonly kind: 'Valid';
      /** Every setting of the operation, in Aspose's names. */
      readonly settings: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'Refused';
      readonly reason: 'NotAnImage' | 'TooLarge' | 'SettingsInvalid';
      readonly message: string;
    };

/** The first bytes of a file, and its length. */
type Beginning = Pick<SourceContent, 'head' | 'bytes'>;

/** Checks everything that can be checked before an upload. */
export function checkImage(
  { operation, settings: json }: Pick<ImageRecord, 'operation' | 'settings'>,
  beginning: Beginning,
): CheckedImage {
  const tooLarge = sizeProblem(operation, beginning.bytes, MAX_IMAGE_BYTES);
  if (tooLarge !== undefined) return { kind: 'Refused', reason: 'TooLarge', message: tooLarge.message };
  try {
    const settings = json === undefined ? undefined : JSON.parse(json);
    return { kind: 'Valid', settings: checkContent(operation, settings, beginning) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const reason = error.field === 'image' ? 'NotAnImage' : 'SettingsInvalid';
    return { kind: 'Refused', reason, message: error.message };
  }
}

/**
 * Checks whether an image and its settings are what the operation takes.
 *
 * @returns every setting of the operation, in Aspose's names
 * @throws InvalidInput naming `image` or the setting
 */
export function checkContent(
  operation: OperationName,
  given: unknown,
  { head, bytes }: Beginning,
): Readonly<Record<string, unknown>> {
  const problem = sizeProblem(operation, bytes, MAX_IMAGE_BYTES) ?? contentProblem(operation, head, bytes);
  if (problem !== undefined) throw problem;
  const settings = parseImageSettings(operation, given);
  const size = settings.regions === undefined ? undefined : pictureSize(head);
  const outside = size && regionProblem(settings, size);
  if (outside !== undefined) throw outside;
  return vendorSettings(operation, settings);
}
