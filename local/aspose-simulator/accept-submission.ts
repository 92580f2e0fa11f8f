import type { OperationName } from '../../functions/contracts/operations.ts';
import type { Clock } from '../clock.ts';
import { openPicture } from './picture.ts';
import { performOperation } from './recognition.ts';
import type { Recognizer } from './recognizer.ts';
import { checkRegions } from './regions.ts';
import { RequestError } from './request-problem.ts';
import { readSubmission } from './submission.ts';
import { explainUnsupported, explainUnsupportedOperation, isSupported } from './supported-operations.ts';
import type { ResultEntry } from './task-envelope.ts';
import type { TaskStore } from './task-store.ts';

/**
 * Takes a submission in and returns the id of its task, whose work goes on: time does not jump before it has
 * ended. Throws a `RequestError`: 400 for a bad submission, 501 for one that the simulator cannot serve. An
 * image that cannot be read is the task's Error, as with the vendor.
 */
export async function acceptSubmission(
  operation: OperationName,
  body: string,
  { clock, recognizer, tasks }: { clock: Clock; recognizer: Recognizer; tasks: TaskStore },
): Promise<string> {
  if (!isSupported(operation)) throw new RequestError(501, explainUnsupportedOperation(operation));
  const { image, settings } = readSubmission(body);
  const refusal = explainUnsupported(operation, settings);
  if (refusal !== undefined) throw new RequestError(501, refusal);

  const opening = openPicture(image);
  if (operation === 'RecognizeRegions') {
    await opening.then(
      (picture) => checkRegions(settings.regions, picture),
      () => undefined,
    );
  }
  const work = opening.then((picture) => performOperation(operation, picture, settings, recognizer));
  return tasks.submit(operation, clock.during(work), body);
}

/** Does the work of a submission that had been taken in, and was cut off: rejects as that would have. */
export async function repeatWork(
  operation: OperationName,
  body: string,
  { clock, recognizer }: { clock: Clock; recognizer: Recognizer },
): Promise<readonly ResultEntry[]> {
  if (!isSupported(operation)) throw new RequestError(501, explainUnsupportedOperation(operation));
  const { image, settings } = readSubmission(body);
  const work = openPicture(image).then((picture) =>
    performOperation(operation, picture, settings, recognizer),
  );
  return await clock.during(work);
}
