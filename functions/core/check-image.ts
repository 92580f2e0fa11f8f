import { MAX_IMAGE_BYTES } from '../contracts/image-limits.ts';
import type { ImageRecord } from '../contracts/image-record.ts';
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

/** Checks everything that can be checked before an upload. */
export function checkImage(
  { operation, settings: json }: Pick<ImageRecord, 'operation' | 'settings'>,
  { head, bytes }: Pick<SourceContent, 'head' | 'bytes'>,
): CheckedImage {
  const tooLarge = sizeProblem(operation, bytes, MAX_IMAGE_BYTES);
  if (tooLarge !== undefined) return { kind: 'Refused', reason: 'TooLarge', message: tooLarge.message };
  const otherContent = contentProblem(operation, head, bytes);
  if (otherContent !== undefined)
    return { kind: 'Refused', reason: 'NotAnImage', message: otherContent.message };
  try {
    const settings = parseImageSettings(operation, json === undefined ? undefined : JSON.parse(json));
    const size = settings.regions === undefined ? undefined : pictureSize(head);
    const outside = size && regionProblem(settings, size);
    if (outside !== undefined) throw outside;
    return { kind: 'Valid', settings: vendorSettings(operation, settings) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { kind: 'Refused', reason: 'SettingsInvalid', message: error.message };
  }
}
