import type { OperationName } from '../../functions/contracts/operations.ts';
import type { Clock } from '../clock.ts';
import { RequestError } from './http-messages.ts';
import { openPicture, type Picture } from './picture.ts';
import { performOperation } from './recognition.ts';
import type { Recognizer } from './recognizer.ts';
import { readSubmission, type SubmissionSettings } from './submission.ts';
import { explainUnsupported, explainUnsupportedOperation, isSupported } from './supported-operations.ts';
import type { ResultEntry } from './task-envelope.ts';

/**
 * Checks a submission and starts its work. A virtual clock stands still until the work has ended.
 * The work rejects for an unreadable image: as at Aspose, the task ends in Error.
 *
 * @throws RequestError 400 for an invalid submission, 501 for an unsupported one
 */
export async function startWork(
  operation: OperationName,
  body: string,
  { clock, recognizer }: { clock: Clock; recognizer: Recognizer },
): Promise<{ readonly work: Promise<readonly ResultEntry[]> }> {
  if (!isSupported(operation)) throw new RequestError(501, explainUnsupportedOperation(operation));
  const { image, settings } = readSubmission(body);
  const unsupported = explainUnsupported(operation, settings);
  if (unsupported !== undefined) throw new RequestError(501, unsupported);

  const opening = openPicture(image);
  if (operation === 'RecognizeRegions') {
    await opening.then(
      (picture) => checkRegions(settings, picture),
      () => undefined,
    );
  }
  const work = opening.then((picture) => performOperation(operation, picture, settings, recognizer));
  return { work: clock.during(work) };
}

function checkRegions({ regions }: SubmissionSettings, { width, height }: Picture): void {
  if (regions.length === 0) {
    throw new RequestError(400, 'settings.regions: got none; allowed: at least one region');
  }
  for (const [index, { rect }] of regions.entries()) {
    if (rect.bottomRightX <= width && rect.bottomRightY <= height) continue;
    const got = `bottom right corner ${rect.bottomRightX}, ${rect.bottomRightY}`;
    const allowed = `a corner within the image of ${width} x ${height} pixels`;
    throw new RequestError(400, `settings.regions.${index}: got ${got}; allowed: ${allowed}`);
  }
}
