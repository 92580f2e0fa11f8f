import type { ServerResponse } from 'node:http';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import type { Clock } from '../clock.ts';
import { resetConnection } from '../reset-connection.ts';
import { type TaskEnvelope, taskEnvelope } from './task-envelope.ts';
import { TOKEN_HEADERS } from './token-endpoint.ts';

export interface Delayed {
  /** How long the response is held back, on the simulator's clock. */
  readonly delaySeconds?: number;
}

/** Both send half of the body: `truncate` then closes the connection, `stall` does not. */
type BodyFault = 'truncate' | 'stall';

/** A task envelope by its status. Fields that are not given get their probable values. */
export interface EnvelopeResponse extends Delayed, Partial<Omit<TaskEnvelope, 'taskStatus'>> {
  readonly taskStatus: string | null;
  readonly fault?: BodyFault;
}

/** An HTTP response, sent exactly as it is. */
export interface RawResponse extends Delayed {
  readonly httpStatus: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly fault?: BodyFault;
}

/** No response: `reset` resets the connection, `hang` keeps it open until the simulator closes. */
export interface ConnectionFault extends Delayed {
  readonly fault: 'reset' | 'hang';
}

/** The response to one fetch of a scripted task. */
export type ScriptedResponse = EnvelopeResponse | RawResponse | ConnectionFault;

/**
 * A token for correct credentials, with some fields of the response replaced. `{ grant: {} }`
 * replaces none; `{ grant: { expires_in: undefined } }` omits the lifetime.
 */
export interface GrantResponse extends Delayed {
  readonly grant: Readonly<Record<string, unknown>>;
}

/** The response to one token request. */
export type ScriptedTokenResponse = GrantResponse | RawResponse | ConnectionFault;

/** Returns one response per call, in order. The last one repeats. */
export function createSequence<T>(responses: readonly T[]): () => T {
  const [first, ...rest] = responses;
  if (first === undefined) throw new Error('script: got no response; allowed: at least one response');
  let next = first;
  return () => {
    const current = next;
    next = rest.shift() ?? current;
    return current;
  };
}

export function rawEnvelope(
  taskId: string,
  { delaySeconds, fault, ...known }: EnvelopeResponse,
): RawResponse {
  return {
    ...rawJson(taskEnvelope(taskId, known)),
    ...withoutUndefined({ delaySeconds, fault }),
  };
}

export function rawGrant(granted: object, { delaySeconds, grant }: GrantResponse): RawResponse {
  return { ...rawJson({ ...granted, ...grant }, TOKEN_HEADERS), ...withoutUndefined({ delaySeconds }) };
}

function rawJson(value: object, headers: RawResponse['headers'] = {}): RawResponse {
  return {
    httpStatus: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/** Sends a scripted response, after its delay. */
export async function sendResponse(
  response: ServerResponse,
  scripted: RawResponse | ConnectionFault,
  clock: Clock,
  closing: AbortSignal,
): Promise<void> {
  if (scripted.delaySeconds !== undefined) await clock.sleep(scripted.delaySeconds * 1000, closing);
  if (!('httpStatus' in scripted)) {
    if (scripted.fault === 'reset') resetConnection(response.socket);
    return;
  }
  const body = Buffer.from(scripted.body ?? '');
  response.writeHead(scripted.httpStatus, { 'content-length': body.byteLength, ...scripted.headers });
  if (scripted.fault === undefined) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, body.byteLength / 2));
  if (scripted.fault === 'truncate') response.socket?.end();
}
