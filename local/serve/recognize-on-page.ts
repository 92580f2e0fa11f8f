import * as z from 'zod/mini';
import { checkImageBytes, planRecognition } from '../../cli/plan-recognition.ts';
import { imageViewSchema } from '../../functions/contracts/images-api.ts';
import { explainerOf, type VendorChoice } from '../cli/vendor.ts';
import { uploadToInbox } from '../recognition/upload-to-inbox.ts';
import type { Recognized } from './page-contract.ts';
import { PageError } from './page-error.ts';
import { parseRecognizeQuery } from './recognize-query.ts';

export interface RecognizeOnPageOptions {
  readonly kind: VendorChoice['kind'];
  readonly apiUrl: string;
}

/**
 * Uploads a file to the inbox, and waits until its task is being collected.
 *
 * @param query options of `recognize`: `fileName`, `operation`, `resultType`, `language`, and
 * `region` and `setting`, which are repeatable
 * @throws InvalidInput or UsageError before the upload, PageError when the image is refused
 */
export async function recognizeOnPage(
  bytes: Uint8Array,
  query: URLSearchParams,
  { kind, apiUrl }: RecognizeOnPageOptions,
): Promise<Recognized> {
  const { fileName, options } = parseRecognizeQuery(query);
  const plan = planRecognition(options, explainerOf({ kind }));
  checkImageBytes(bytes, plan);
  const imageId = await uploadToInbox(apiUrl, { ...plan, fileName, bytes });
  return { taskId: await taskOf(imageId, apiUrl) };
}

const imageSchema = z.pick(imageViewSchema, { state: true, reason: true, messages: true, task: true });

const CHECK_MILLISECONDS = 100;
/** Longer than Aspose takes for an image, unless it is down. */
const MAX_CHECKS = 600;

async function taskOf(imageId: string, apiUrl: string): Promise<string> {
  for (let check = 0; check < MAX_CHECKS; check += 1) {
    const response = await fetch(`${apiUrl}/images/${imageId}`);
    const { state, reason, messages, task } = z.parse(imageSchema, await response.json());
    // The page shows the task's record, which the first poll creates.
    if (task !== null) return task.taskId;
    if (state === 'Refused') throw new PageError(422, `Refused (${reason}): ${messages.join(' ')}`);
    await new Promise((resolve) => setTimeout(resolve, CHECK_MILLISECONDS));
  }
  const detail = `Aspose has not accepted the image yet. It is uploaded again for up to an hour, and its task appears in the list; GET /images/${imageId} shows its state.`;
  throw new PageError(504, detail);
}
