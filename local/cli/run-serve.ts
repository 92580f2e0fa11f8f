import { resolve } from 'node:path';
import { DataDirectoryRefusal, openDataDirectory } from '../data-directory.ts';
import { errorCode } from '../error-code.ts';
import { type PageServer, startPageServer } from '../serve/page-server.ts';
import { UsageError } from './command-errors.ts';
import type { CommandContext } from './output-options.ts';
import { parsePolling } from './polling-option.ts';
import { chooseVendor } from './vendor.ts';

/** The options of `serve`, as given. */
export interface ServeOptions {
  readonly port?: string;
  /** JSON. */
  readonly polling?: string;
  /** A directory. */
  readonly data?: string;
}

/**
 * Serves the HTTP API and the page on this machine, until Ctrl-C.
 *
 * @returns the exit status
 * @throws UsageError before anything is started
 */
export async function runServe(
  { port, polling, data: directory }: ServeOptions,
  context: CommandContext,
): Promise<number> {
  const choice = chooseVendor(context.environment);
  const policy = polling === undefined ? undefined : parsePolling(polling);
  await using started = new AsyncDisposableStack();
  const server = await openServer(port);
  started.defer(() => server.close());
  try {
    const data =
      directory === undefined ? undefined : openDataDirectory(resolve(context.directory, directory));
    if (data !== undefined) started.use(data);
    // Loads AWS clients, simulator and all: bad usage is told without waiting for them.
    const { serveUntilCancelled } = await import('./serve-until-cancelled.ts');
    await serveUntilCancelled({ choice, server, polling: policy, data }, context);
  } catch (error) {
    if (!(error instanceof DataDirectoryRefusal)) throw error;
    throw new UsageError(
      `--data: got '${directory}', which ${error.message}; allowed: a directory of its own: a new one, an empty one, or one that an earlier serve has left`,
    );
  }
  return 0;
}

const MAX_PORT = 65_535;

async function openServer(port: string | undefined): Promise<PageServer> {
  if (port === undefined) return await startPageServer();
  const allowed = `allowed: a free port from 1 to ${MAX_PORT}`;
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > MAX_PORT) {
    throw new UsageError(`--port: got '${port}'; ${allowed}`);
  }
  try {
    return await startPageServer(Number(port));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EADDRINUSE') throw new UsageError(`--port: got ${port}, which is taken; ${allowed}`);
    if (code === 'EACCES')
      throw new UsageError(`--port: got ${port}, which only the system may use; ${allowed}`);
    throw error;
  }
}
