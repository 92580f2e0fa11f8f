import type {
  ConnectionFault,
  Delayed,
  EnvelopeResponse,
  RawResponse,
  ScriptedResponse,
} from './scripted-responses.ts';

/** The upload creates a task, and the response is its id. `{ accept: {} }` changes nothing. */
export interface AcceptedUpload extends Delayed {
  readonly accept: {
    /**
     * The responses to fetches of the task, whose image is then not recognized. The last one
     * repeats.
     *
     * @default - those of its recognition
     */
    readonly fetches?: readonly ScriptedResponse[];
  };
}

/** The client gets no task id: it gets the response as it is given here, or none. */
export type FailedUpload = (RawResponse | ConnectionFault) &
  (
    | {
        /** Before the body is read, or after its first bytes. */
        readonly when: 'beforeBody' | 'duringBody';
      }
    | {
        /** After the whole body was read. */
        readonly when?: 'afterBody';
        /** Whether a task is created that nobody can fetch. @default false */
        readonly createsTask?: boolean;
      }
  );

/** What happens to one upload, which is one POST to an operation. */
export type ScriptedUpload = AcceptedUpload | FailedUpload;

/** Returns the fetches of a task that Aspose loses: so many times Pending, then NotExist. */
export function lostAfter(pendingFetches: number): EnvelopeResponse[] {
  const pending = Array.from({ length: pendingFetches }, () => ({ taskStatus: 'Pending' }));
  return [...pending, { taskStatus: 'NotExist' }];
}
