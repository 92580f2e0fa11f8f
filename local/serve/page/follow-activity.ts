import * as z from 'zod/mini';
import type { LoggedPoll } from '../../logged-poll.ts';
import type { LoggedUpload } from '../../logged-upload.ts';
import { activitySchema } from '../page-contract.ts';

/** What is called while the server works. */
export interface ActivityHandlers {
  /** Called when no later activity is missed: at first, and after each interruption. */
  onOpen(): void;
  onStopped(): void;
  onUpload(upload: LoggedUpload): void;
  onPoll(poll: LoggedPoll): void;
  onEvent(event: unknown): void;
  /** Called after a poll or an event. */
  onChange(): void;
}

/** Follows the activity of the server until the page is closed. The browser reconnects. */
export function followActivity(handlers: ActivityHandlers): void {
  const source = new EventSource('/local/activity');
  source.onopen = handlers.onOpen;
  source.onerror = handlers.onStopped;
  source.onmessage = ({ data }) => {
    const activity = z.parse(activitySchema, JSON.parse(data));
    if (activity.kind === 'upload') return handlers.onUpload(activity.upload);
    if (activity.kind === 'poll') handlers.onPoll(activity.poll);
    else handlers.onEvent(activity.event);
    handlers.onChange();
  };
}
