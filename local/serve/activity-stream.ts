import type { TaskActivity } from './task-activity.ts';

/** What happens to tasks, as server-sent events of JSON, until the reader leaves. */
export function streamActivity(activity: TaskActivity): Response {
  const encoder = new TextEncoder();
  let end = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The first bytes tell the reader that it misses nothing from now on.
      controller.enqueue(encoder.encode('retry: 1000\n\n'));
      end = activity.onActivity((happened) => {
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(happened)}\n\n`));
      });
    },
    cancel() {
      end();
    },
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  });
}
