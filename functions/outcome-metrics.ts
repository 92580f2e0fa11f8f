import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { TaskEventDetail } from './task-event-contract.ts';

/** Namespace of every metric of ours. */
export const METRICS_NAMESPACE = 'OcrCourier';

/** Counts an ended task, in CloudWatch's embedded metric format: by outcome, with what it cost and how long it took. */
export function countOutcome(metrics: Metrics, detail: TaskEventDetail): void {
  const { outcome, attempts, resultCount, resultBytes, durations } = detail;
  metrics.addMetric('PollsPerTask', MetricUnit.Count, attempts);
  metrics.addMetric(
    'TimeToResult',
    MetricUnit.Seconds,
    durations.sinceSubmittedSeconds ?? durations.collectingSeconds,
  );
  metrics.addMetric('Documents', MetricUnit.Count, resultCount);
  metrics.addMetric('DocumentBytes', MetricUnit.Bytes, resultBytes);
  const byOutcome = metrics.singleMetric();
  byOutcome.addDimension('outcome', outcome);
  byOutcome.addMetric('TasksEnded', MetricUnit.Count, 1);
}

/** Writes what an invocation has counted, if anything: Powertools' own middleware warns of each that has not. */
export function publishMetrics(metrics: Metrics): {
  readonly after: () => void;
  readonly onError: () => void;
} {
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}
