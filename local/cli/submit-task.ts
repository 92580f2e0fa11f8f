import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { createAccessTokens } from '../../functions/adapters/aspose/access-token.ts';
import { RequestFailedError, request } from '../../functions/adapters/aspose/http-request.ts';
import { parseJson } from '../../functions/adapters/parse-json.ts';
import { OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { taskIdSchema } from '../../functions/contracts/task-input.ts';
import { SubmitError } from './command-errors.ts';
import type { SourceFile } from './source-file.ts';
import type { Vendor } from './vendor.ts';

/** An image of tens of MB takes its time to travel. */
const LIMITS = { headersSeconds: 60, totalSeconds: 120 };

/**
 * Submits a file to Aspose.OCR Cloud.
 *
 * @returns the task id
 * @throws SubmitError with the vendor's own words, if it has any
 */
export async function submitTask(
  { baseUrl, credentials }: Vendor,
  operation: OperationName,
  file: SourceFile,
  settings: object,
): Promise<string> {
  const { input, trial } = OPERATIONS[operation];
  const content =
    input === 'text'
      ? { text: Buffer.from(file.bytes).toString('utf8') }
      : { image: Buffer.from(file.bytes).toString('base64') };
  const headers = {
    'content-type': 'application/json',
    accept: 'text/plain',
    ...(!trial && { authorization: `Bearer ${await accessToken(baseUrl, credentials)}` }),
  };
  const body = JSON.stringify({ ...content, settings });
  try {
    return await request(
      new URL(`${baseUrl}/v5.0/ocr/${operation}`),
      { method: 'POST', headers, body },
      LIMITS,
      async ({ status, body }) => {
        const answer = await text(body);
        if (status !== 200) throw new SubmitError(refusal(status, answer));
        return parseTaskId(answer);
      },
    );
  } catch (error) {
    if (!(error instanceof RequestFailedError)) throw error;
    throw new SubmitError(`The image could not be submitted: ${error.message}`);
  }
}

async function accessToken(baseUrl: string, credentials: Vendor['credentials']): Promise<string> {
  const tokens = createAccessTokens({
    baseUrl,
    readCredentials: async () => credentials,
    now: () => Date.now(),
  });
  const answer = await tokens.get(LIMITS.totalSeconds);
  if (answer.kind === 'Token') return answer.token;
  throw new SubmitError(`The image could not be submitted: ${answer.detail}`);
}

const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() });

function refusal(status: number, answer: string): string {
  const problem = problemSchema.safeParse(parseJson(answer)).data;
  const words = problem?.detail ?? problem?.title;
  return `Aspose refused the image with HTTP ${status}${words === undefined ? '' : `: ${words.slice(0, 500)}`}`;
}

/** The task id comes as bare text; as a JSON string from some of the vendor's servers. */
function parseTaskId(answer: string): string {
  const bare = answer.trim().replace(/^"(.*)"$/, '$1');
  const parsed = taskIdSchema.safeParse(bare);
  if (parsed.success) return parsed.data;
  throw new SubmitError('Aspose took the image, but answered with something that is no task id');
}
