import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { resetConnection } from '../reset-connection.ts';
import { type TaskEnvelope, taskEnvelope } from './task-envelope.ts';

interface Timed {
  /** How long the answer is held back, on the simulator's clock. */
  readonly delaySeconds?: number;
}

/** `truncate` closes the connection half-way through the body; `stall` leaves it open there, silent. */
type BodyFault = 'truncate' | 'stall';

/** A task envelope by its status; what is not given is filled in as the vendor likely would. */
export interface EnvelopeResponse extends Timed, Partial<Omit<TaskEnvelope, 'taskStatus'>> {
  readonly taskStatus: string | null;
  readonly fault?: BodyFault;
}

/** An HTTP answer word for word. */
export interface RawResponse extends Timed {
  readonly httpStatus: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly fault?: BodyFault;
}

/** No answer at all: `reset` breaks the connection, `hang` keeps it open, silent, until the simulator closes. */
export interface ConnectionFault extends Timed {
  readonly fault: 'reset' | 'hang';
}

/** What one fetch of a scripted task gets. */
export type ScriptedResponse = EnvelopeResponse | RawResponse | ConnectionFault;

/**
 * A working token for right credentials, with fields of the answer replaced: `{ grant: {} }` is the ordinary
 * answer, `{ grant: { expires_in: undefined } }` leaves the lifetime out.
 */
export interface GrantResponse extends Timed {
  readonly grant: Readonly<Record<string, unknown>>;
}

/** What one request for a token gets. */
export type ScriptedTokenResponse = GrantResponse | RawResponse | ConnectionFault;

/** Deals a script out: the n-th call gets the n-th answer, the last repeats. Throws on an empty script. */
export function dealer<T>(answers: readonly T[]): () => T {
  const [first, ...rest] = answers;
  if (first === undefined) throw new Error('A script must hold at least one answer, got none.');
  let next = first;
  return () => {
    const answer = next;
    next = rest.shift() ?? answer;
    return answer;
  };
}

/** The HTTP answer that an envelope stands for. */
export function rawEnvelope(
  taskId: string,
  { delaySeconds, fault, ...known }: EnvelopeResponse,
): RawResponse {
  return {
    ...rawJson(taskEnvelope(taskId, known)),
    ...(delaySeconds !== undefined && { delaySeconds }),
    ...(fault !== undefined && { fault }),
  };
}

/** The HTTP answer that a working token stands for. */
export function rawGrant(granted: object, { delaySeconds, grant }: GrantResponse): RawResponse {
  return { ...rawJson({ ...granted, ...grant }), ...(delaySeconds !== undefined && { delaySeconds }) };
}

function rawJson(value: object): RawResponse {
  return {
    httpStatus: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  };
}

/**
 * JSON with the characters of base64 escaped as a .NET server may: `\u002B` for `+`, `\/` for `/`. For the body
 * of a `RawResponse`.
 */
export function escapedAsDotNet(json: string): string {
  return json.replaceAll('+', '\\u002B').replaceAll('/', '\\/');
}

/** Sends an answer, after its delay. */
export async function sendResponse(
  response: ServerResponse,
  answer: RawResponse | ConnectionFault,
  clock: Clock,
  closing: AbortSignal,
): Promise<void> {
  if (answer.delaySeconds !== undefined) await clock.sleep(answer.delaySeconds * 1000, closing);
  if (!('httpStatus' in answer)) {
    if (answer.fault === 'reset') resetConnection(response.socket);
    return;
  }
  const body = Buffer.from(answer.body ?? '');
  response.writeHead(answer.httpStatus, { 'content-length': body.byteLength, ...answer.headers });
  if (answer.fault === undefined) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, body.byteLength / 2));
  if (answer.fault === 'truncate') response.socket?.end();
}
