import { Duration } from 'aws-cdk-lib';
import { LEASE_SECONDS } from '../functions/core/task-record.ts';

/** Covers the longest hold, one slow poll after it, and storing its result. */
export const DEFAULT_FETCH_TIMEOUT = Duration.minutes(5);

/** Well below the lease, so that an owner that is still running never counts as dead. */
export const MAX_FETCH_TIMEOUT_SECONDS = LEASE_SECONDS - 300;
