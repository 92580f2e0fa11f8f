import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import type { AsposeSimulator } from '../../local/aspose-simulator/server.ts';

const envelopeSchema = z.strictObject({
  id: z.string().nullable(),
  taskStatus: z.string().nullable(),
  responseStatusCode: z.string().nullable(),
  results: z.array(z.strictObject({ type: z.string(), data: z.base64() })).nullable(),
  error: z.strictObject({ messages: z.array(z.string()), warnings: z.array(z.string()) }).nullable(),
});

export type Envelope = z.infer<typeof envelopeSchema>;

const problemSchema = z.object({ status: z.int(), detail: z.string() });

/** Reads the status and detail of a problem. The status in the body must equal the HTTP status. */
export async function problemOf(response: Response): Promise<{ status: number; detail: string }> {
  const problem = problemSchema.parse(await response.json());
  if (problem.status !== response.status)
    throw new Error(`The body has the status ${problem.status}, the response ${response.status}.`);
  return { status: problem.status, detail: problem.detail };
}

/** Requests a token with valid fields, some of which may be replaced. */
export function requestToken(
  simulator: AsposeSimulator,
  fields: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${simulator.baseUrl}/connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: simulator.credentials.clientId,
      client_secret: simulator.credentials.clientSecret,
      ...fields,
    }),
  });
}

/** Returns the headers for an operation: a new token, or none for a trial. */
export async function headersFor(
  simulator: AsposeSimulator,
  operation: OperationName,
): Promise<Record<string, string>> {
  if (OPERATIONS[operation].trial) return {};
  const response = await requestToken(simulator);
  const { access_token } = z.object({ access_token: z.string() }).parse(await response.json());
  return { authorization: `Bearer ${access_token}` };
}

/** Calls an operation with valid headers. */
export async function call(
  simulator: AsposeSimulator,
  operation: OperationName,
  { query = '', ...init }: RequestInit & { query?: string } = {},
): Promise<Response> {
  const headers = await headersFor(simulator, operation);
  return fetch(`${simulator.baseUrl}/v5.0/ocr/${operation}${query}`, { headers, ...init });
}

/** Submits a sample by name, or any bytes. */
export async function submit(
  simulator: AsposeSimulator,
  operation: OperationName,
  image: string | Uint8Array,
  settings: object = {},
): Promise<Response> {
  const bytes = typeof image === 'string' ? await readSample(`${image}.png`) : image;
  const body = JSON.stringify({ image: Buffer.from(bytes).toString('base64'), settings });
  return call(simulator, operation, { method: 'POST', body });
}

/** Fetches the state of a task. */
export async function fetchTask(
  simulator: AsposeSimulator,
  operation: OperationName,
  taskId: string,
): Promise<Envelope> {
  const response = await call(simulator, operation, { query: `?id=${taskId}` });
  return envelopeSchema.parse(await response.json());
}

/** Submits a task and fetches it without a delay until it has ended. */
export async function recognize(
  simulator: AsposeSimulator,
  operation: OperationName,
  image: string | Uint8Array,
  settings: object = {},
): Promise<Envelope> {
  const response = await submit(simulator, operation, image, settings);
  if (!response.ok) throw new Error((await problemOf(response)).detail);
  const taskId = await response.text();
  let envelope = await fetchTask(simulator, operation, taskId);
  while (envelope.taskStatus === 'Processing') envelope = await fetchTask(simulator, operation, taskId);
  return envelope;
}

/** Decodes the results of a task as UTF-8. */
export function textsOf({ results }: Envelope): string[] {
  return (results ?? []).map(({ data }) => Buffer.from(data, 'base64').toString('utf8'));
}

export function readSample(name: string): Promise<Buffer> {
  return readFile(new URL(`../../local/samples/${name}`, import.meta.url));
}
