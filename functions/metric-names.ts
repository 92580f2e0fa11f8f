/** Namespace of every metric of ours. Each has the dimension `service`, one courier's own. */
export const METRICS_NAMESPACE = 'OcrCourier';

/** The metrics, in CloudWatch's embedded metric format, that the functions write. */
export const METRICS = {
  /** With the dimension `outcome`, and once more with `reason` where there is one. */
  tasksEnded: 'TasksEnded',
  /** Of a task that has ended. */
  pollsPerTask: 'PollsPerTask',
  /** Seconds from the submission, if its time is known, else from the start of the collection. */
  timeToResult: 'TimeToResult',
  documents: 'Documents',
  documentBytes: 'DocumentBytes',
  /** Polls, shortly before Aspose deletes the result, that found none yet, or that were not made as polling was paused. */
  tasksNearExpiry: 'TasksNearExpiry',
  /** Polls that were due while polling was paused. */
  pollsPaused: 'PollsPaused',
} as const;

/** The dimensions of `tasksEnded`. */
export const TASKS_ENDED_BY = { outcome: 'outcome', reason: 'reason' } as const;
