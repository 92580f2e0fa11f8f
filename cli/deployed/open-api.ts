import { createClient, type OcrClient } from '../../client/client.ts';
import { S3_PROBLEM_TITLE } from '../../client/errors.ts';
import { InvalidOption } from '../../client/invalid-option.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { CommandError, UsageError } from '../command-errors.ts';
import { errorCode } from '../error-code.ts';
import type { CommandContext } from '../output-options.ts';

/** The options that name a deployed courier. */
export interface ApiOptions {
  /** The address of its HTTP API. */
  readonly api?: string;
  readonly awsRegion?: string;
}

/** The environment variable with the token. An argument would be visible to other users. */
export const TOKEN_VARIABLE = 'OCR_COURIER_TOKEN';

/** The longest that a task or an image can take. */
export const TASK_TIMEOUT_SECONDS = 3 * 24 * 3600;
/** The longest that a batch can take. */
export const BATCH_TIMEOUT_SECONDS = 14 * 24 * 3600;

/** The option of the command line for each option of the client. */
const COMMAND_OPTIONS: Readonly<Record<string, string>> = { apiUrl: 'api', region: 'awsRegion' };

/**
 * Opens the HTTP API that the options name.
 *
 * @throws InvalidInput
 */
export function openDeployedApi(
  { api = '', awsRegion }: ApiOptions,
  { environment }: Pick<CommandContext, 'environment'>,
): OcrClient {
  try {
    return createClient({
      apiUrl: api,
      region: awsRegion ?? (environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || undefined),
      token: environment[TOKEN_VARIABLE] || undefined,
    });
  } catch (error) {
    throw asInvalidInput(error) ?? error;
  }
}

const CREDENTIALS = `${TOKEN_VARIABLE}, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; a profile needs npm install @aws-sdk/credential-provider-node`;

function asInvalidInput(error: unknown): InvalidInput | undefined {
  if (!(error instanceof InvalidOption)) return undefined;
  // The client advises programs.
  if (error.field === 'credentials') return new InvalidInput(error.field, error.got, CREDENTIALS);
  const field = error.field === 'token' ? TOKEN_VARIABLE : (COMMAND_OPTIONS[error.field] ?? error.field);
  return new InvalidInput(field, error.got, error.allowed);
}

/**
 * Runs calls of the HTTP API, and describes their failures in one line.
 *
 * @throws CommandError, UsageError for a refused request, or any other error of the work
 */
export async function describingFaults<T>({ api = '' }: ApiOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw describeApiFault(error, URL.canParse(api) ? new URL(api).host : api) ?? error;
  }
}

function describeApiFault(error: unknown, host: string): Error | undefined {
  const mistake = asInvalidInput(error);
  if (mistake !== undefined || !(error instanceof Error)) return mistake;
  if (isProblem(error)) return describeProblem(error, host);
  if (error.name === 'CredentialsProviderError')
    return new CommandError(
      `No AWS credentials were found; configure them as for the AWS CLI, or set ${TOKEN_VARIABLE}`,
    );
  // `fetch` rejects with a TypeError, whose cause is the fault.
  if (error instanceof TypeError && (error.cause instanceof Error || /^No response/.test(error.message))) {
    const fault = error.cause instanceof Error ? error.cause.message : 'no response';
    return new CommandError(`${host} could not be reached (${errorCode(error.cause) ?? fault})`);
  }
  return undefined;
}

/** A problem, as the client describes it. */
interface DescribedProblem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
}

function isProblem(error: Error): error is DescribedProblem {
  return error.name === 'ApiProblem' && 'status' in error;
}

function describeProblem({ status, type, title, message }: DescribedProblem, host: string): Error {
  if (title === S3_PROBLEM_TITLE) return new CommandError(message);
  // API Gateway responds so to an unknown path, and another web server to any path.
  if (type === 'about:blank' && (status < 400 || status === 404))
    return new CommandError(
      `${host} responded with HTTP ${status}, not as the HTTP API of ocr-courier does; --api takes the output ApiUrl of the stack`,
    );
  if (status === 400) return new UsageError(message);
  if (status === 401 || status === 403)
    return new CommandError(
      `${host} did not authorize the request (HTTP ${status}); set ${TOKEN_VARIABLE}, or use AWS credentials that may call it`,
    );
  return new CommandError(status < 500 ? message : `${host} failed: ${message}`);
}
