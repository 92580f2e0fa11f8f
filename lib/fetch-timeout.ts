import { Duration } from 'aws-cdk-lib';
import { MAX_HOLD_SECONDS } from '../functions/contracts/task-input.ts';
import { LEASE_SECONDS } from '../functions/core/task-record.ts';
import { POLL_RESERVE_SECONDS } from '../functions/core/task-times.ts';

/** Covers the longest hold, one slow poll after it, and storing its result: 8 minutes. */
export const DEFAULT_FETCH_TIMEOUT = Duration.seconds(MAX_HOLD_SECONDS + POLL_RESERVE_SECONDS);

/** Well below the lease, so that an owner that is still running never counts as dead. */
export const MAX_FETCH_TIMEOUT_SECONDS = LEASE_SECONDS - 300;
