import { once } from 'node:events';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import type { DataDirectory } from '../data-directory.ts';
import { choicesOf } from '../serve/choices.ts';
import { loadPageFiles } from '../serve/page-files.ts';
import { pageRoutes } from '../serve/page-routes.ts';
import type { PageServer } from '../serve/page-server.ts';
import { createPollStore } from '../serve/poll-store.ts';
import { recognizeFile } from '../serve/recognize-file.ts';
import { followTasks } from '../serve/task-activity.ts';
import { startCourier } from './collect-task.ts';
import { curlLines } from './curl-lines.ts';
import { describeEvent } from './describe-event.ts';
import { describeFault } from './describe-fault.ts';
import { openVendor } from './open-vendor.ts';
import type { CommandContext } from './output-options.ts';
import type { VendorChoice } from './vendor.ts';

export interface ServeSettings {
  readonly choice: VendorChoice;
  readonly server: PageServer;
  /** In place of the stack's own policy. */
  readonly polling: PollingOverrides | undefined;
  /** Keeps everything; in memory without it. */
  readonly data: DataDirectory | undefined;
}

/**
 * Runs vendor and stack behind the page server, and prints where they are and every event, until Ctrl-C.
 *
 * @throws DataDirectoryRefusal when the data belongs to another vendor or version
 */
export async function serveUntilCancelled(
  { choice, server, polling, data }: ServeSettings,
  { progress, cancelled }: Pick<CommandContext, 'progress' | 'cancelled'>,
): Promise<void> {
  // Whose unfinished tasks would be asked of the wrong one.
  data?.hold('vendor', choice.kind, `holds tasks of ${OTHER_VENDOR[choice.kind]}`);
  progress.doing('starting the embedded AWS; after a change, it is synthesised first');
  const files = await loadPageFiles();
  await using vendor = await openVendor(choice, data?.database);
  await using started = new AsyncDisposableStack();
  const stack = await startCourier(vendor, polling, data).catch((error: unknown) => {
    // A terminal's Ctrl-C ends the process that synthesises, too.
    if (!cancelled.aborted) throw error;
  });
  progress.end();
  if (stack === undefined) return;
  started.defer(() => stack.close());
  if (cancelled.aborted) return;
  const { ApiUrl: apiUrl } = stack.outputs;
  if (apiUrl === undefined) throw new Error('The stack has no output ApiUrl.');
  const { kind } = choice;
  const activity = followTasks(stack, data && createPollStore(data.database, () => Date.now()));
  stack.onEvent((event) => console.log(describeEvent(event)));
  stack.onFault((fault) =>
    console.error(`ocr-courier: the embedded AWS broke down: ${describeFault(fault)}`),
  );
  const resumed = stack.resumeExecutions();
  server.serve(
    pageRoutes({
      files,
      apiUrl,
      activity,
      choices: choicesOf(kind),
      recognize: (file, query) => recognizeFile(file, query, { kind, vendor, apiUrl }),
    }),
  );
  console.log(`
The page       ${server.url}/
The HTTP API   ${server.url}/tasks
Aspose         ${vendor.name}, at ${vendor.baseUrl}

${curlLines(server.url).join('\n')}

${data === undefined ? IN_MEMORY : inDirectory(data, resumed)}
`);
  await once(cancelled, 'abort');
}

const OTHER_VENDOR: Readonly<Record<VendorChoice['kind'], string>> = {
  simulator: 'a service that ASPOSE_* named',
  service: 'the simulator',
};

const IN_MEMORY =
  'Events follow as they happen. Ctrl-C ends it, and everything is gone: it is kept in memory.';

function inDirectory({ path }: DataDirectory, resumed: number): string {
  const tasks = resumed === 1 ? '1 collection goes on' : `${resumed} collections go on`;
  return `Events follow as they happen. Ctrl-C ends it; everything is kept in ${path}.${resumed === 0 ? '' : `\nFrom last time, ${tasks}.`}`;
}
