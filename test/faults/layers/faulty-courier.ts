import { afterAll } from 'vitest';
import type {
  ScriptedResponse,
  ScriptedTokenResponse,
} from '../../../local/aspose-simulator/scripted-responses.ts';
import type { RefuseEvents } from '../../../local/embedded-aws/event-bus.ts';
import {
  newTaskId,
  startTestCourier,
  type TestCourier,
  type TestCourierOptions,
} from '../../support/courier.ts';
import { base64, completed } from '../../support/responses.ts';
import { type AwsFaultLayer, createAwsFaultLayer } from './aws-fault-layer.ts';
import { type RawReply, startVendorFront, TOKEN_ENDPOINT, type VendorFront } from './vendor-front.ts';

type LosesStatusChange = NonNullable<TestCourierOptions['losesStatusChange']>;

/** A response of Aspose: from the simulator, or byte for byte. */
export type FaultyResponse = ScriptedResponse | RawReply;
export type FaultyTokenResponse = ScriptedTokenResponse | RawReply;

/** The deployed stack in the embedded AWS, with faults wherever one can occur. */
export interface FaultyCourier extends TestCourier {
  readonly front: VendorFront;
  readonly aws: AwsFaultLayer;
  /** Refuses events that are put on a bus from now on. */
  refuseEvents(refusal: RefuseEvents | undefined): void;
  /** Loses status-change events from now on. */
  loseStatusChanges(loses: LosesStatusChange | undefined): void;
  createTask(...responses: readonly FaultyResponse[]): string;
  /** Gives the nth response to the nth fetch of the task; the last repeats. */
  script(taskId: string, responses: readonly FaultyResponse[]): void;
  /** Gives the nth response to the nth token request; the last repeats. */
  scriptToken(responses: readonly FaultyTokenResponse[]): void;
  /** Texts that must not leak: credentials, tokens, and the text of every document. */
  canaries(): readonly string[];
}

const CREDENTIALS = { clientId: 'canary-client-id', clientSecret: 'canary-client-secret' };

/** First bytes of every document. Three divides their number, so their base64 has no padding. */
const DOCUMENT_CANARY = 'canary-document';

/** Returns the text of a document that must not leak. */
export const document = (text: string): string => `${DOCUMENT_CANARY} ${text}`;
export const WHALE = document('whale');

/** Returns the whole body of a response that completes a task with these documents. */
export const completedBody = (...texts: readonly string[]): string =>
  JSON.stringify({ ...completed(...texts), responseStatusCode: 'Ok', error: null });

export type FaultyCourierOptions = Pick<
  TestCourierOptions,
  'assemblyDirectory' | 'clock' | 'environment' | 'secret'
>;

export async function startFaultyCourier(options: FaultyCourierOptions = {}): Promise<FaultyCourier> {
  await using started = new AsyncDisposableStack();
  let refusal: RefuseEvents | undefined;
  let loses: LosesStatusChange | undefined;
  let kill = async () => {};
  const aws = createAwsFaultLayer(() => kill());
  started.defer(() => aws.close());
  const { promise: frontStarted, resolve: onFrontStarted } = Promise.withResolvers<VendorFront>();
  const courier = started.use(
    await startTestCourier({
      ...options,
      credentials: CREDENTIALS,
      async vendorUrlOf(simulatorUrl, clock) {
        const server = await startVendorFront(simulatorUrl, clock);
        started.defer(() => server.close());
        onFrontStarted(server);
        return server.baseUrl;
      },
      routeOf: aws.routeOf,
      refuseEvents: (entries) => refusal?.(entries),
      losesStatusChange: (execution) => loses?.(execution) ?? false,
    }),
  );
  kill = () => courier.stack.killFunctions();
  const front = await frontStarted;
  const owned = started.move();

  /**
   * Scripts the raw replies at the front, which passes the other requests on.
   *
   * @returns the others
   */
  function scriptFront<T extends object>(key: string, responses: readonly (T | RawReply)[]): T[] {
    const isRaw = (response: T | RawReply): response is RawReply => typeof response === 'function';
    front.script(
      key,
      responses.map((response) => (isRaw(response) ? response : undefined)),
    );
    return responses.filter((response): response is T => !isRaw(response));
  }

  function script(taskId: string, responses: readonly FaultyResponse[]): void {
    const simulated = scriptFront<ScriptedResponse>(taskId, responses);
    if (simulated.length > 0) courier.simulator.script(taskId, simulated);
  }

  return {
    ...courier,
    front,
    aws,
    refuseEvents(next) {
      refusal = next;
    },
    loseStatusChanges(next) {
      loses = next;
    },
    createTask(...responses) {
      const taskId = newTaskId();
      script(taskId, responses);
      return taskId;
    },
    script,
    scriptToken(responses) {
      const simulated = scriptFront<ScriptedTokenResponse>(TOKEN_ENDPOINT, responses);
      if (simulated.length > 0) courier.simulator.scriptToken(simulated);
    },
    canaries: () => [
      CREDENTIALS.clientId,
      CREDENTIALS.clientSecret,
      ...front.tokens,
      DOCUMENT_CANARY,
      base64(DOCUMENT_CANARY),
      'X-Amz-Signature',
    ],
    forget() {
      courier.forget();
      aws.forget();
      front.forget();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Starts one courier for all tests of a file. */
export async function faultyCourierForAll(options?: FaultyCourierOptions): Promise<FaultyCourier> {
  const courier = await startFaultyCourier(options);
  afterAll(() => courier[Symbol.asyncDispose]());
  return courier;
}
