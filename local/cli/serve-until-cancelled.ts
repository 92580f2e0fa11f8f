import { once } from 'node:events';
import type { DataDirectory } from '../../cli/data-directory.ts';
import { describeFault } from '../../cli/describe-fault.ts';
import type { CommandContext } from '../../cli/output-options.ts';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { openStackStorage } from '../recognition/stack-storage.ts';
import { searchCollected } from '../search/search-collected.ts';
import { createPageBatches } from '../serve/batch-on-page.ts';
import { listChoices } from '../serve/choices.ts';
import { openKeptFiles } from '../serve/kept-files.ts';
import { loadPageFiles } from '../serve/page-files.ts';
import { pageRoutes } from '../serve/page-routes.ts';
import type { PageServer } from '../serve/page-server.ts';
import { recognizeOnPage } from '../serve/recognize-on-page.ts';
import { followTasks } from '../serve/task-activity.ts';
import { apiUrlOf, bucketOf, openVendor, startCourier } from './local-courier.ts';
import { curlLines, describeEvent, inboxLine, isShownEvent } from './serve-output.ts';
import type { Vendor, VendorChoice } from './vendor.ts';

export interface ServeSettings {
  readonly choice: VendorChoice;
  readonly server: PageServer;
  /** Replaces the stack's polling policy. */
  readonly polling: PollingOverrides | undefined;
  /** Stores everything. In memory without it. */
  readonly data: DataDirectory | undefined;
}

/**
 * Runs vendor and stack behind the page server until Ctrl-C. Prints the addresses and every event.
 *
 * @throws DataDirectoryError when the data belongs to another vendor or version
 */
export async function serveUntilCancelled(
  { choice, server, polling, data }: ServeSettings,
  { progress, cancelled }: Pick<CommandContext, 'progress' | 'cancelled'>,
): Promise<void> {
  // Another vendor does not know the unfinished tasks.
  data?.hold('vendor', choice.kind, `holds tasks of ${OTHER_VENDOR[choice.kind]}`);
  progress.doing('starting the embedded AWS (the first start takes a few seconds)');
  const files = await loadPageFiles();
  await using vendor = await openVendor(choice, { database: data?.database });
  await using started = new AsyncDisposableStack();
  const stack = await startCourier(vendor, polling, data).catch((error: unknown) => {
    // Ctrl-C in a terminal also ends the process that synthesizes.
    if (!cancelled.aborted) throw error;
  });
  progress.end();
  if (stack === undefined) return;
  started.defer(() => stack.close());
  if (cancelled.aborted) return;
  const apiUrl = apiUrlOf(stack);
  const { kind } = choice;
  const onFault = (fault: unknown) =>
    console.error(`ocr-courier: the embedded AWS failed: ${describeFault(fault)}`);
  const activity = followTasks(stack, { database: data?.database, onFault });
  stack.onEvent((event) => {
    if (isShownEvent(event)) console.log(describeEvent(event));
  });
  stack.onFault(onFault);
  const search = searchCollected(stack, {
    data,
    onFault: (fault) => console.error(`ocr-courier: the search index failed: ${describeFault(fault)}`),
  });
  started.use(search);
  const resumed = stack.resumeExecutions();
  server.serve(
    pageRoutes({
      files,
      apiUrl,
      activity,
      choices: listChoices(kind),
      recognize: (file, query) => recognizeOnPage(file, query, { kind, apiUrl }),
      batches: createPageBatches({ kind, apiUrl, ...openStackStorage(stack) }),
      search: search.find,
      keptFiles: openKeptFiles(stack),
    }),
  );
  const bucket = bucketOf(stack);
  console.log(`
The page       ${server.url}/
The HTTP API   ${server.url}
The inbox      s3://${bucket}/inbox/
Aspose         ${vendor.name}, at ${vendor.baseUrl}${kind === 'simulator' ? describeCredentials(vendor) : ''}

${[...curlLines(server.url), inboxLine(bucket, stack.clientConfig('s3'))].join('\n')}

${data === undefined ? IN_MEMORY : describeStorage(data, resumed)}
`);
  await once(cancelled, 'abort');
}

const OTHER_VENDOR: Readonly<Record<VendorChoice['kind'], string>> = {
  simulator: 'a service that ASPOSE_* named',
  service: 'the simulator',
};

/** Other clients may use the simulator, too. */
const describeCredentials = ({ credentials: { clientId, clientSecret } }: Vendor) =>
  `\n               client id ${clientId}, client secret ${clientSecret}`;

const IN_MEMORY =
  'Events follow as they happen. Ctrl-C stops serving and discards everything, because it is kept in memory.';

function describeStorage({ path }: DataDirectory, resumed: number): string {
  const kept = `Events follow as they happen. Ctrl-C stops serving; everything is kept in ${path}.`;
  if (resumed === 0) return kept;
  return `${kept}\nResumed ${resumed} unfinished ${resumed === 1 ? 'collection' : 'collections'}.`;
}
