import * as z from 'zod';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { SubmitError } from '../cli/command-errors.ts';
import { planSubmission, type RecognizeOptions } from '../cli/plan-submission.ts';
import { submitFile } from '../cli/submit-file.ts';
import type { Vendor, VendorChoice } from '../cli/vendor.ts';
import type { Recognized } from './page-contract.ts';

export interface RecognizeFileOptions {
  readonly kind: VendorChoice['kind'];
  readonly vendor: Vendor;
  readonly apiUrl: string;
}

/**
 * Submits a file to the vendor, and starts the collection of its task through the HTTP API.
 *
 * @param query options of `recognize`: `operation`, `resultType`, `language`, `region` (repeatable)
 * @throws InvalidInput or UsageError before the submission, SubmitError when it is rejected
 */
export async function recognizeFile(
  bytes: Uint8Array,
  query: URLSearchParams,
  { kind, vendor, apiUrl }: RecognizeFileOptions,
): Promise<Recognized> {
  const submission = await planSubmission(bytes, 'a file', parseQuery(query), kind);
  const { operation } = submission;
  const submittedAt = new Date().toISOString();
  const taskId = await submitFile(vendor, submission);
  await startCollection(apiUrl, { taskId, operation, submittedAt });
  return { taskId };
}

const PARAMETERS = ['operation', 'resultType', 'language', 'region'];

function parseQuery(query: URLSearchParams): RecognizeOptions {
  const { region = [], ...single } = Object.groupBy(query, ([name]) => name);
  for (const [name, values = []] of Object.entries(single)) {
    if (!PARAMETERS.includes(name)) {
      throw new InvalidInput('query', `'${name.slice(0, 64)}'`, PARAMETERS.join(', '));
    }
    if (values.length > 1) throw new InvalidInput(name, `${values.length} values`, 'one value');
  }
  const { operation, resultType, language } = Object.fromEntries(query);
  return { operation, resultType, language, region: region.map(([, value]) => value) };
}

const problemSchema = z.object({ detail: z.string() });

async function startCollection(apiUrl: string, body: object): Promise<void> {
  const response = await fetch(`${apiUrl}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return await response.body?.cancel();
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined)).data;
  const reason = problem?.detail ?? `HTTP ${response.status}`;
  throw new SubmitError(`Aspose accepted the file, but its collection did not start: ${reason}`);
}
