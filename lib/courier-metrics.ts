import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS, METRICS_NAMESPACE, TASKS_ENDED_BY } from '../functions/contracts/metric-names.ts';
import type { Outcome, Reason } from '../functions/contracts/outcomes.ts';

/** What one courier counts, as metrics to be drawn or watched. */
export class CourierMetrics {
  private readonly service: string;

  /** @param service the value of the dimension that tells couriers apart */
  constructor(service: string) {
    this.service = service;
  }

  of(metric: Exclude<keyof typeof METRICS, 'tasksEnded'>, options: MetricOptions = {}): Metric {
    return this.metric(METRICS[metric], {}, options);
  }

  tasksEndedWith(outcome: Outcome, options: MetricOptions = {}): Metric {
    return this.metric(
      METRICS.tasksEnded,
      { [TASKS_ENDED_BY.outcome]: outcome },
      { label: outcome, ...options },
    );
  }

  tasksEndedBecauseOf(reason: Reason, options: MetricOptions = {}): Metric {
    return this.metric(
      METRICS.tasksEnded,
      { [TASKS_ENDED_BY.reason]: reason },
      { label: reason, ...options },
    );
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
