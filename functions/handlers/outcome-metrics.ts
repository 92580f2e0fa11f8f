import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ImageRefusedDetail } from '../contracts/image-event.ts';
import { METRICS, TASKS_ENDED_BY } from '../contracts/metric-names.ts';
import type { TaskEventDetail } from '../contracts/task-event.ts';

/** Counts an ended task by outcome and by reason, with its polls, documents and time to result. */
export function countOutcome(metrics: Metrics, detail: TaskEventDetail): void {
  const { outcome, reason, attempts, resultCount, resultBytes, durations } = detail;
  metrics.addMetric(METRICS.pollsPerTask, MetricUnit.Count, attempts);
  metrics.addMetric(
    METRICS.timeToResult,
    MetricUnit.Seconds,
    durations.sinceSubmittedSeconds ?? durations.collectingSeconds,
  );
  metrics.addMetric(METRICS.documents, MetricUnit.Count, resultCount);
  metrics.addMetric(METRICS.documentBytes, MetricUnit.Bytes, resultBytes);
  const byOutcome = metrics.singleMetric();
  byOutcome.addDimension(TASKS_ENDED_BY.outcome, outcome);
  byOutcome.addMetric(METRICS.tasksEnded, MetricUnit.Count, 1);
  if (reason === undefined) return;
  const byReason = metrics.singleMetric();
  byReason.addDimension(TASKS_ENDED_BY.reason, reason);
  byReason.addMetric(METRICS.tasksEnded, MetricUnit.Count, 1);
}

/** Counts a refused image by reason. */
export function countRefusal(metrics: Metrics, { reason }: ImageRefusedDetail): void {
  metrics.addMetric(METRICS.imagesRefused, MetricUnit.Count, 1);
  const byReason = metrics.singleMetric();
  byReason.addDimension(TASKS_ENDED_BY.reason, reason);
  byReason.addMetric(METRICS.imagesRefused, MetricUnit.Count, 1);
}

/**
 * Publishes an invocation's metrics, if there are any. Powertools' own middleware warns when there
 * are none.
 */
export function publishMetrics(metrics: Metrics): {
  readonly after: () => void;
  readonly onError: () => void;
} {
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}
