import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/**
 * Retries after faults of AWS and our own bugs. The waits are at most 2 + 4 + 8 + 16 + 32 + 64 s:
 * about two minutes, and one minute on average.
 */
export const AWS_FAULT_RETRY: RetryProps = {
  errors: ['States.TaskFailed', 'States.Timeout'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 6,
  jitterStrategy: JitterType.FULL,
};

/** Backoff of throttled invocations: up to 2 s, doubling up to one minute for each upload. */
export const THROTTLE_BACKOFF = {
  intervalSeconds: 2,
  rate: 2,
  maxDelaySeconds: 60,
  maxAttempts: 1440,
} as const;

/**
 * Retries throttled invocations for about twelve hours, so that a burst above Lambda's concurrency
 * loses no task. An execution that may upload its image several times lasts longer, so it waits
 * longer: its retries must fit into the same history (lib/worst-case.ts).
 */
export function throttleRetry(maxUploads: number): RetryProps {
  return {
    errors: ['Lambda.TooManyRequestsException'],
    interval: Duration.seconds(THROTTLE_BACKOFF.intervalSeconds),
    backoffRate: THROTTLE_BACKOFF.rate,
    maxDelay: Duration.seconds(THROTTLE_BACKOFF.maxDelaySeconds * maxUploads),
    maxAttempts: Math.ceil(THROTTLE_BACKOFF.maxAttempts / maxUploads),
    jitterStrategy: JitterType.FULL,
  };
}
