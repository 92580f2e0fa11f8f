import type { OperationName } from '../../functions/contracts/operations.ts';
import { RequestError } from './http-messages.ts';
import { readImageHeader } from './image-file.ts';
import type { FindLanguageData } from './language-data.ts';
import { renderPages } from './pdf-pages.ts';
import { openPicture } from './picture.ts';
import { performOperation, recognizePages } from './recognition.ts';
import type { Recognizer } from './recognizer.ts';
import { readSubmission, type Submission } from './submission.ts';
import {
  explainUnsupported,
  explainUnsupportedOperation,
  isSupported,
  type SupportedOperation,
} from './supported-operations.ts';
import type { ResultEntry } from './task-envelope.ts';

/**
 * Checks the body of a submission, but not whether its image can be decoded.
 *
 * @throws RequestError 400 for an invalid submission, 501 for an unsupported one
 */
export async function checkSubmission(
  operation: OperationName,
  body: string,
  findLanguageData: FindLanguageData,
): Promise<void> {
  const { image, settings } = parseSubmission(operation, body);
  const unsupported = explainUnsupported(operation, settings, findLanguageData);
  if (unsupported !== undefined) throw new RequestError(501, unsupported);
  if (operation === 'RecognizeRegions') await checkRegions(settings.regions, image);
}

/** Does the work of a submission. Rejects for an unreadable image, and when the engine fails. */
export async function performSubmission(
  operation: OperationName,
  body: string,
  recognizer: Recognizer,
): Promise<readonly ResultEntry[]> {
  const { supported, image, settings } = parseSubmission(operation, body);
  if (supported === 'RecognizePdf') return await recognizePages(renderPages(image), settings, recognizer);
  return await performOperation(supported, await openPicture(image), settings, recognizer);
}

function parseSubmission(
  operation: OperationName,
  body: string,
): Submission & { readonly supported: SupportedOperation } {
  if (!isSupported(operation)) throw new RequestError(501, explainUnsupportedOperation(operation));
  return { ...readSubmission(body), supported: operation };
}

async function checkRegions(regions: Submission['settings']['regions'], image: Uint8Array): Promise<void> {
  if (regions.length === 0) {
    throw new RequestError(400, 'settings.regions: got none; allowed: at least one region');
  }
  const header = await readImageHeader(image);
  // The task of a file that is no image ends in Error, as at Aspose.
  if (header === undefined) return;
  const { width, height } = header;
  for (const [index, { rect }] of regions.entries()) {
    if (rect.bottomRightX <= width && rect.bottomRightY <= height) continue;
    const got = `bottom right corner ${rect.bottomRightX}, ${rect.bottomRightY}`;
    const allowed = `a corner within the image of ${width} x ${height} pixels`;
    throw new RequestError(400, `settings.regions.${index}: got ${got}; allowed: ${allowed}`);
  }
}
