import { once } from 'node:events';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { choicesOf } from '../serve/choices.ts';
import { loadPageFiles } from '../serve/page-files.ts';
import { pageRoutes } from '../serve/page-routes.ts';
import type { PageServer } from '../serve/page-server.ts';
import { recognizeFile } from '../serve/recognize-file.ts';
import { followTasks } from '../serve/task-activity.ts';
import { startCourier } from './collect-task.ts';
import { curlLines } from './curl-lines.ts';
import { describeEvent } from './describe-event.ts';
import { openVendor } from './open-vendor.ts';
import type { CommandContext } from './output-options.ts';
import type { VendorChoice } from './vendor.ts';

/** Runs vendor and stack behind the page server, and prints where they are and every event, until Ctrl-C. */
export async function serveUntilCancelled(
  choice: VendorChoice,
  server: PageServer,
  polling: PollingOverrides | undefined,
  { progress, cancelled }: Pick<CommandContext, 'progress' | 'cancelled'>,
): Promise<void> {
  progress.doing('starting the embedded AWS; after a change, it is synthesised first');
  const files = await loadPageFiles();
  await using vendor = await openVendor(choice);
  await using started = new AsyncDisposableStack();
  const stack = await startCourier(vendor, polling);
  started.defer(() => stack.close());
  const { ApiUrl: apiUrl } = stack.outputs;
  if (apiUrl === undefined) throw new Error('The stack has no output ApiUrl.');
  progress.end();
  if (cancelled.aborted) return;

  const { kind } = choice;
  server.serve(
    pageRoutes({
      files,
      apiUrl,
      activity: followTasks(stack),
      choices: choicesOf(kind),
      recognize: (file, query) => recognizeFile(file, query, { kind, vendor, apiUrl }),
    }),
  );
  stack.onEvent((event) => console.log(describeEvent(event)));
  console.log(`
The page       ${server.url}/
The HTTP API   ${server.url}/tasks
Aspose         ${vendor.name}, at ${vendor.baseUrl}

${curlLines(server.url).join('\n')}

Events follow as they happen. Ctrl-C ends it, and everything is gone: it is kept in memory.
`);
  await once(cancelled, 'abort');
}
