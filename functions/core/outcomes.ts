/** How a task ends: the one table of outcomes, their events, and how they end an execution. */

interface OutcomeFacts {
  /** The EventBridge detail-type of the terminal event. */
  readonly detailType: string;
  /** The error name with which the execution fails; a Completed task's execution succeeds. */
  readonly error: string | null;
}

export const OUTCOMES = {
  Completed: { detailType: 'OCR Task Completed', error: null },
  Failed: { detailType: 'OCR Task Failed', error: 'OcrTaskFailed' },
  Expired: { detailType: 'OCR Task Expired', error: 'OcrTaskExpired' },
  NotFound: { detailType: 'OCR Task Not Found', error: 'OcrTaskNotFound' },
  TimedOut: { detailType: 'OCR Task Timed Out', error: 'OcrTaskTimedOut' },
  Cancelled: { detailType: 'OCR Task Cancelled', error: 'OcrTaskCancelled' },
} as const satisfies Record<string, OutcomeFacts>;

export type Outcome = keyof typeof OUTCOMES;

export const OUTCOME_NAMES = [
  'Completed',
  'Failed',
  'Expired',
  'NotFound',
  'TimedOut',
  'Cancelled',
] as const satisfies readonly Outcome[];

/** Why a task ended, where its outcome alone does not tell. */
export const REASONS = [
  /** Aspose ended the task with status Error. */
  'RecognitionError',
  /** Aspose says Completed, but has no results any more. */
  'ResultDataLost',
  /** Too many faults in a row between us and Aspose. */
  'UpstreamUnavailable',
  /** Aspose does not accept our credentials. */
  'CredentialsRejected',
  /** Aspose's answer is not what its contract says. */
  'ContractViolation',
  /** A result's data is not base64, twice. */
  'UndecodableResult',
  /** A task status that the contract does not know. */
  'UnknownTaskStatus',
  /** The answer is larger than the configured cap. */
  'ResultTooLarge',
  /** Our own fault. */
  'InternalError',
  /** The deadline passed while Aspose was still at work. */
  'Deadline',
  /** The poll budget was used up while Aspose was still at work. */
  'PollBudget',
] as const;

export type Reason = (typeof REASONS)[number];

/** Whether an execution's error is one of those with which it reports an outcome that it has published. */
export function isOutcomeError(error: string): boolean {
  return OUTCOME_NAMES.some((name) => OUTCOMES[name].error === error);
}
