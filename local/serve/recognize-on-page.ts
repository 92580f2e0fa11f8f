import * as z from 'zod/mini';
import { checkImageBytes, planRecognition, type RecognizeOptions } from '../../cli/plan-recognition.ts';
import { imageViewSchema } from '../../functions/contracts/images-api.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { explainerOf, type VendorChoice } from '../cli/vendor.ts';
import { uploadToInbox } from '../recognition/upload-to-inbox.ts';
import type { Recognized } from './page-contract.ts';
import { PageError } from './page-error.ts';

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
  const { fileName, options } = parseQuery(query);
  const plan = planRecognition(options, explainerOf({ kind }));
  checkImageBytes(bytes, plan);
  const imageId = await uploadToInbox(apiUrl, { ...plan, fileName, bytes });
  return { taskId: await taskOf(imageId, apiUrl) };
}

const SINGLE = ['fileName', 'operation', 'resultType', 'language'];
const REPEATABLE = ['region', 'setting'];

function parseQuery(query: URLSearchParams): {
  readonly fileName: string;
  readonly options: RecognizeOptions;
} {
  const known = [...SINGLE, ...REPEATABLE];
  for (const name of new Set(query.keys())) {
    if (!known.includes(name)) throw new InvalidInput('query', `'${name.slice(0, 64)}'`, known.join(', '));
    const count = query.getAll(name).length;
    if (count > 1 && SINGLE.includes(name)) throw new InvalidInput(name, `${count} values`, 'one value');
  }
  const value = (name: string) => query.get(name) ?? undefined;
  return {
    fileName: value('fileName') ?? 'file',
    options: {
      operation: value('operation'),
      resultType: value('resultType'),
      language: value('language'),
      region: query.getAll('region'),
      setting: query.getAll('setting'),
    },
  };
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
