import type { Logger } from '@aws-lambda-powertools/logger';
import {
  type FollowedState,
  MAX_WAIT_SECONDS,
  type WaitForEndPorts,
  waitForEnd,
} from '../core/wait-for-end.ts';
import { preferredWaitSeconds } from './prefer-header.ts';
import type { Request } from './responses.ts';

export interface WaitingDependencies {
  readonly ports: Omit<WaitForEndPorts, 'remainingSeconds'>;
  readonly logger: Logger;
}

/** What a waiting route responds with. */
export interface WaitingResponse<State> {
  readonly state: State;
  readonly headers: Readonly<Record<string, string>>;
}

/** Waits for the end of a state, if the request prefers to wait. */
export type WaitIfPreferred = <State>(
  request: Request,
  followed: FollowedState<State>,
  remainingSeconds: () => number,
) => Promise<WaitingResponse<State>>;

/** Honors the header `Prefer: wait=N` of requests. */
export function createWaiting({ ports, logger }: WaitingDependencies): WaitIfPreferred {
  return async (request, followed, remainingSeconds) => {
    const preferredSeconds = preferredWaitSeconds(request.headers['prefer']);
    if (preferredSeconds === undefined) return { state: followed.first, headers: {} };
    const waitSeconds = Math.min(preferredSeconds, MAX_WAIT_SECONDS);
    const waited = await waitForEnd(followed, waitSeconds, { ...ports, remainingSeconds });
    const { state, appliedSeconds, waitedSeconds, fault } = waited;
    // The line that logs the response shows these.
    if (waitedSeconds !== undefined) logger.appendKeys({ waitedSeconds });
    if (appliedSeconds === undefined) logger.appendKeys({ waitDeclined: true });
    if (fault !== undefined) logger.warn('AWS failed while a request waited', { fault });
    return {
      state,
      headers: appliedSeconds === undefined ? {} : { 'preference-applied': `wait=${appliedSeconds}` },
    };
  };
}
