/** Namespace of every metric. The dimension `service` tells the couriers of one account apart. */
export const METRICS_NAMESPACE = 'OcrCourier';

/** The metrics that the functions write in CloudWatch's embedded metric format. */
export const METRICS = {
  /** Written with the dimension `outcome`, and again with `reason` if there is one. */
  tasksEnded: 'TasksEnded',
  /** Polls of a task that has ended. */
  pollsPerTask: 'PollsPerTask',
  /** Seconds from submittedAt if the caller gave it, otherwise from the start of the collection. */
  timeToResult: 'TimeToResult',
  documents: 'Documents',
  documentBytes: 'DocumentBytes',
  /**
   * Tasks without a result shortly before Aspose deletes it, counted at each poll or paused poll.
   */
  tasksNearExpiry: 'TasksNearExpiry',
  /** Polls that were due while polling was paused. */
  pollsPaused: 'PollsPaused',
  /** Uploads of images to Aspose, whatever Aspose responded. */
  uploads: 'Uploads',
  /** Uploads that may have created a task, whose id is unknown. */
  ambiguousUploads: 'AmbiguousUploads',
  /** Written without another dimension, and again with `reason`. */
  imagesRefused: 'ImagesRefused',
  /** Tasks that the sweep closed, because no status-change event of their execution arrived. */
  tasksSwept: 'TasksSwept',
  /** Ended batches, written with the dimension `outcome`. */
  batchesEnded: 'BatchesEnded',
  /** Percentage of a batch's items that did not end as Completed. */
  batchFailurePercentage: 'BatchFailurePercentage',
} as const;

/** The dimensions of `tasksEnded`. */
export const TASKS_ENDED_BY = { outcome: 'outcome', reason: 'reason' } as const;
