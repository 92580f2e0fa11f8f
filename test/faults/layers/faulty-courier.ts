import type {
  ScriptedResponse,
  ScriptedTokenResponse,
} from '../../../local/aspose-simulator/scripted-responses.ts';
import type { RefuseEvents } from '../../../local/embedded-aws/event-bus.ts';
import { startTestCourier, type TestCourier } from '../../support/courier.ts';
import { base64 } from '../../support/responses.ts';
import { type AwsFaultLayer, createAwsFaultLayer } from './aws-fault-layer.ts';
import { type RawReply, startVendorFront, TOKEN_ENDPOINT, type VendorFront } from './vendor-front.ts';

/** One answer of Aspose: from the simulator, or byte for byte. */
export type Answer = ScriptedResponse | RawReply;

/** The real state machine with the deployed bundles, and faults at every place where one can come from. */
export interface FaultyCourier extends TestCourier {
  readonly front: VendorFront;
  readonly aws: AwsFaultLayer;
  /** Stands before the event buses from now on. */
  refuseEvents(refusal: RefuseEvents | undefined): void;
  /** The n-th fetch of the task gets the n-th answer, the last repeats. */
  answer(taskId: string, answers: readonly Answer[]): void;
  /** The same for requests for tokens. */
  answerToken(answers: readonly (ScriptedTokenResponse | RawReply)[]): void;
  /** Resolves when a function has said in its log that it has polled the task, so many times from now on. */
  polled(taskId: string, times?: number): Promise<void>;
  /** What must never be seen: the credentials, the tokens of this courier, the text of every document. */
  canaries(): readonly string[];
}

const CREDENTIALS = { clientId: 'canary-client-id', clientSecret: 'canary-client-secret' };

/** Every document of the suite begins with it. A multiple of 3: its base64 is whole, too. */
const DOCUMENT_CANARY = 'canary-document';

/** A document's text. */
export const document = (text: string): string => `${DOCUMENT_CANARY} ${text}`;

/** An entry of `results[]` with that document. */
export const result = (text: string, type: string | null = 'Text') => ({
  type,
  data: base64(document(text)),
});

/** The answer that completes a task with these documents. */
export const completed = (...texts: readonly string[]) => ({
  taskStatus: 'Completed',
  results: texts.map((text) => result(text)),
});

/** As `completed`, as the text of a body. */
export const completedBody = (...texts: readonly string[]): string =>
  JSON.stringify({ ...completed(...texts), responseStatusCode: 'Ok', error: null });

export async function startFaultyCourier(
  options: Pick<
    NonNullable<Parameters<typeof startTestCourier>[0]>,
    'assemblyDirectory' | 'clock' | 'environment' | 'secret'
  > = {},
): Promise<FaultyCourier> {
  await using started = new AsyncDisposableStack();
  let refusal: RefuseEvents | undefined;
  let kill = async () => {};
  const aws = createAwsFaultLayer(() => kill());
  started.defer(() => aws.close());
  const { promise: front, resolve: frontStarted } = Promise.withResolvers<VendorFront>();
  const courier = started.use(
    await startTestCourier({
      ...options,
      credentials: CREDENTIALS,
      async vendorUrlOf(simulatorUrl, clock) {
        const server = await startVendorFront(simulatorUrl, clock);
        started.defer(() => server.close());
        frontStarted(server);
        return server.baseUrl;
      },
      routeOf: aws.routeOf,
      refuseEvents: (entries) => refusal?.(entries),
    }),
  );
  kill = () => courier.stack.killFunctions();
  const { script, tokens, forget: forgetFront, ...others } = await front;
  const owned = started.move();

  return {
    ...courier,
    front: { script, tokens, forget: forgetFront, ...others },
    aws,
    refuseEvents(next) {
      refusal = next;
    },
    answer(taskId, answers) {
      script(taskId, answers.map(rawOrNone));
      const simulated = answers.filter((answer) => typeof answer !== 'function');
      if (simulated.length > 0) courier.simulator.script(taskId, simulated);
    },
    answerToken(answers) {
      script(TOKEN_ENDPOINT, answers.map(rawOrNone));
      const simulated = answers.filter((answer) => typeof answer !== 'function');
      if (simulated.length > 0) courier.simulator.scriptToken(simulated);
    },
    polled: (taskId, times = 1) =>
      new Promise((resolve) => {
        let left = times;
        const stop = courier.stack.onLog((line) => {
          if (!line.includes('"Polled"') || !line.includes(`"${taskId}"`)) return;
          left -= 1;
          if (left > 0) return;
          stop();
          resolve();
        });
      }),
    canaries: () => [
      CREDENTIALS.clientId,
      CREDENTIALS.clientSecret,
      ...tokens,
      DOCUMENT_CANARY,
      base64(DOCUMENT_CANARY),
      'X-Amz-Signature',
    ],
    forget() {
      courier.forget();
      aws.forget();
      forgetFront();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function rawOrNone(answer: Answer | ScriptedTokenResponse): RawReply | undefined {
  return typeof answer === 'function' ? answer : undefined;
}
