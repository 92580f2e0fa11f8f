import * as z from 'zod';
import { explainUnsupported } from '../aspose-simulator/supported-operations.ts';
import { SubmitError, UsageError } from '../cli/command-errors.ts';
import { chooseOperation, submissionSettings } from '../cli/recognize-settings.ts';
import { checkSourceFile } from '../cli/source-file.ts';
import { submitTask } from '../cli/submit-task.ts';
import type { Vendor, VendorChoice } from '../cli/vendor.ts';
import type { Recognized } from './page-contract.ts';

export interface RecognizeFileOptions {
  readonly kind: VendorChoice['kind'];
  readonly vendor: Vendor;
  readonly apiUrl: string;
}

const PARAMETERS = ['operation', 'resultType', 'language', 'region'];

/**
 * Submits a file to the vendor, and starts the collection of its task through the HTTP API.
 *
 * @param query `operation`, `resultType`, `language`, `region` (repeated), as the options of `recognize`
 * @throws UsageError for what cannot be submitted, SubmitError when vendor or API refuse it
 */
export async function recognizeFile(
  bytes: Uint8Array,
  query: URLSearchParams,
  { kind, vendor, apiUrl }: RecognizeFileOptions,
): Promise<Recognized> {
  const { operation, file, settings } = checkRequest(bytes, query, kind);
  const submittedAt = new Date().toISOString();
  const taskId = await submitTask(vendor, operation, file, settings);
  await startCollection(apiUrl, { taskId, operation, submittedAt });
  return { taskId };
}

function checkRequest(bytes: Uint8Array, query: URLSearchParams, kind: VendorChoice['kind']) {
  try {
    const options = parseQuery(query);
    const operation = chooseOperation(options);
    const file = checkSourceFile(bytes, 'a file', operation);
    const settings = submissionSettings(operation, options, file);
    const refusal = kind === 'simulator' ? explainUnsupported(operation, settings) : undefined;
    if (refusal !== undefined) throw new UsageError(refusal);
    return { operation, file, settings };
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(inParameters(error.message));
    throw error;
  }
}

function parseQuery(query: URLSearchParams) {
  const names = [...query.keys()];
  const unknown = names.find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`query: got '${unknown.slice(0, 64)}'; allowed: ${PARAMETERS.join(', ')}`);
  }
  const repeated = names.find((name) => name !== 'region' && query.getAll(name).length > 1);
  if (repeated !== undefined) throw new UsageError(`${repeated}: got it more than once; allowed: once`);
  const [operation, resultType, language] = ['operation', 'resultType', 'language'].map((name) =>
    query.get(name),
  );
  return {
    region: query.getAll('region'),
    ...(operation != null && { operation }),
    ...(resultType != null && { resultType }),
    ...(language != null && { language }),
  };
}

/** `--result-type` of the shell is `resultType` here, and FILE the body. */
function inParameters(message: string): string {
  const camelCased = (option: string) => option.replaceAll(/-([a-z])/g, (_, letter) => letter.toUpperCase());
  return message
    .replace(/^FILE:/, 'body:')
    .replaceAll(/--([a-z]+(?:-[a-z]+)*)/g, (_, option) => camelCased(option));
}

const problemSchema = z.object({ detail: z.string() });

async function startCollection(apiUrl: string, body: object): Promise<void> {
  const answer = await fetch(`${apiUrl}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.ok) return await answer.body?.cancel();
  const problem = problemSchema.safeParse(await answer.json().catch(() => undefined)).data;
  throw new SubmitError(
    `Aspose took the image, but its collection did not start: ${problem?.detail ?? `HTTP ${answer.status}`}`,
  );
}
