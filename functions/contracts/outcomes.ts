/** How a task can end, the event of each outcome, and how it ends the execution. */

interface OutcomeFacts {
  /** The EventBridge detail-type of the terminal event. */
  readonly detailType: string;
  /** The error with which the execution fails; null when it succeeds. */
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

/** Why a task ended, for outcomes that have several causes. */
export const REASONS = [
  /** Aspose ended the task with status Error. */
  'RecognitionError',
  /** Aspose reports Completed but no longer has the results. */
  'ResultDataLost',
  /** Too many polls in a row without a usable response. */
  'UpstreamUnavailable',
  /** Aspose does not accept the credentials. */
  'CredentialsRejected',
  /** The secret with the credentials cannot be read. */
  'CredentialsUnreadable',
  /** Aspose does not accept the request because the account's quota is used up. */
  'QuotaExceeded',
  /** Aspose's response does not follow its contract. */
  'ContractViolation',
  /** A result's data was not valid base64 in two polls. */
  'UndecodableResult',
  /** Aspose sent a task status that its contract does not list. */
  'UnknownTaskStatus',
  /** The response exceeds `maxAnswerSize`, or has more than 10,000 results. */
  'ResultTooLarge',
  /** ocr-courier or AWS failed. */
  'InternalError',
  /** The deadline passed before Aspose finished. */
  'Deadline',
  /** `maxPolls` was used up before Aspose finished. */
  'PollBudget',
] as const;

export type Reason = (typeof REASONS)[number];

/** Whether this is the error of an execution that has already published its outcome. */
export function isOutcomeError(error: string): boolean {
  return OUTCOME_NAMES.some((name) => OUTCOMES[name].error === error);
}
