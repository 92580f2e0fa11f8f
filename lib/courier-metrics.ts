import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { BatchOutcome } from '../functions/contracts/batch-record.ts';
import type { RefusalReason } from '../functions/contracts/image-record.ts';
import { METRICS, METRICS_NAMESPACE, TASKS_ENDED_BY } from '../functions/contracts/metric-names.ts';
import type { Outcome, Reason } from '../functions/contracts/outcomes.ts';

/** The CloudWatch metrics that the functions of one courier write. */
export class CourierMetrics {
  private readonly service: string;

  /** @param service value of the dimension `service`, which separates the couriers of an account */
  constructor(service: string) {
    this.service = service;
  }

  /** A metric whose only dimension is `service`: by default the sum over 5 minutes. */
  byService(
    metric: Exclude<keyof typeof METRICS, 'tasksEnded' | 'batchesEnded'>,
    options: MetricOptions = {},
  ): Metric {
    return this.metric(METRICS[metric], {}, options);
  }

  tasksEndedWith(outcome: Outcome): Metric {
    return this.metric(METRICS.tasksEnded, { [TASKS_ENDED_BY.outcome]: outcome }, { label: outcome });
  }

  tasksEndedBecauseOf(reason: Reason): Metric {
    return this.metric(METRICS.tasksEnded, { [TASKS_ENDED_BY.reason]: reason }, { label: reason });
  }

  imagesRefusedBecauseOf(reason: RefusalReason): Metric {
    return this.metric(METRICS.imagesRefused, { [TASKS_ENDED_BY.reason]: reason }, { label: reason });
  }

  batchesEndedWith(outcome: BatchOutcome): Metric {
    return this.metric(METRICS.batchesEnded, { [TASKS_ENDED_BY.outcome]: outcome }, { label: outcome });
  }

  private metric(metricName: string, dimensions: Record<string, string>, options: MetricOptions): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      statistic: Stats.SUM,
      period: Duration.minutes(5),
      ...options,
      dimensionsMap: { service: this.service, ...dimensions },
    });
  }
}
