import { z } from 'zod';
import type { AccessTokens } from '../../functions/adapters/aspose/access-token.ts';
import { RequestFailedError, request } from '../../functions/adapters/aspose/http-request.ts';
import { OPERATIONS } from '../../functions/contracts/operations.ts';
import { taskIdSchema } from '../../functions/contracts/task-input.ts';
import { parseJson } from '../../functions/core/parse-json.ts';
import { printable } from '../../functions/core/printable.ts';
import { readLimitedBody } from '../read-body.ts';
import { SubmitError } from './command-errors.ts';
import type { PlannedSubmission } from './plan-submission.ts';
import type { Vendor } from './vendor.ts';

/** An upload of tens of megabytes takes a while. */
const LIMITS = { headersSeconds: 60, totalSeconds: 120 };

/**
 * Maximum size after decompression. A task id or an explanation is short; an endless response must
 * not fill the memory.
 */
const MAX_RESPONSE_BYTES = 64 * 1024;

const CHECK_SETTINGS =
  'check the network, ASPOSE_BASE_URL, ASPOSE_CLIENT_ID and ASPOSE_CLIENT_SECRET, then retry';

/**
 * Submits a file to Aspose.OCR Cloud.
 *
 * @returns the task id
 * @throws SubmitError with Aspose's explanation, if it gave one
 */
export async function submitFile(
  { baseUrl, accessTokens }: Pick<Vendor, 'baseUrl' | 'accessTokens'>,
  { operation, bytes, settings }: PlannedSubmission,
): Promise<string> {
  const { input, trial } = OPERATIONS[operation];
  const content =
    input === 'text'
      ? { text: Buffer.from(bytes).toString('utf8') }
      : { image: Buffer.from(bytes).toString('base64') };
  const headers = {
    'content-type': 'application/json',
    accept: 'text/plain',
    ...(!trial && { authorization: `Bearer ${await requestToken(accessTokens)}` }),
  };
  const body = JSON.stringify({ ...content, settings });
  try {
    return await request(
      new URL(`${baseUrl}/v5.0/ocr/${operation}`),
      { method: 'POST', headers, body },
      LIMITS,
      async ({ status, body }) => {
        const response = (await readLimitedBody(body, MAX_RESPONSE_BYTES))?.toString('utf8');
        if (response === undefined) {
          throw new SubmitError(`Aspose sent HTTP ${status} with over ${MAX_RESPONSE_BYTES} bytes`);
        }
        if (status !== 200) throw new SubmitError(describeRejection(status, response));
        return parseTaskId(response);
      },
    );
  } catch (error) {
    if (!(error instanceof RequestFailedError)) throw error;
    throw notSubmitted(error.message);
  }
}

async function requestToken(accessTokens: AccessTokens): Promise<string> {
  const result = await accessTokens.get(LIMITS.totalSeconds);
  if (result.kind === 'Token') return result.token;
  throw notSubmitted(result.detail);
}

function notSubmitted(reason: string): SubmitError {
  return new SubmitError(`The file could not be submitted: ${reason}; ${CHECK_SETTINGS}`);
}

const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() });

function describeRejection(status: number, response: string): string {
  const problem = problemSchema.safeParse(parseJson(response)).data;
  const explanation = problem?.detail ?? problem?.title;
  const suffix = explanation === undefined ? '' : `: ${printable(explanation.slice(0, 500))}`;
  return `Aspose rejected the file with HTTP ${status}${suffix}`;
}

/** Aspose sends the task id as plain text; some of its servers send a JSON string. */
function parseTaskId(response: string): string {
  const parsed = taskIdSchema.safeParse(response.trim().replace(/^"(.*)"$/, '$1'));
  if (parsed.success) return parsed.data;
  throw new SubmitError('Aspose accepted the file, but its response is not a task id');
}
