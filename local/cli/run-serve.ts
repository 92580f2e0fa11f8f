import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { asDataDirectoryError, openDataDirectory } from '../../cli/data-directory.ts';
import type { CommandContext } from '../../cli/output-options.ts';
import { closedObject } from '../../functions/contracts/schema-helpers.ts';
import { pollingSchema } from '../../functions/contracts/task-input.ts';
import { InvalidInput, parseInput } from '../../functions/core/invalid-input.ts';
import { startPageServer } from '../serve/page-server.ts';
import { listenOnPort } from './listen-on-port.ts';
import { chooseVendor } from './vendor.ts';

/** The options of `serve`, as given. */
export interface ServeOptions {
  readonly port?: string;
  readonly polling?: unknown;
  /** A directory. */
  readonly data?: string;
}

const pollingOptionSchema = closedObject({ polling: z.optional(pollingSchema) });

/**
 * Serves the HTTP API and the page on this machine, until Ctrl-C.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is started
 */
export async function runServe(options: ServeOptions, context: CommandContext): Promise<number> {
  const { port, data: directory } = options;
  const choice = chooseVendor(context.environment);
  const { polling } = parseInput(pollingOptionSchema, { polling: options.polling });
  await using started = new AsyncDisposableStack();
  const server = await listenOnPort(port, startPageServer);
  started.defer(() => server.close());
  try {
    const data =
      directory === undefined ? undefined : openDataDirectory(resolve(context.directory, directory));
    if (data !== undefined) started.use(data);
    // Imported late: loading the AWS clients and the simulator would delay usage errors.
    const { serveUntilCancelled } = await import('./serve-until-cancelled.ts');
    await serveUntilCancelled({ choice, server, polling, data }, context);
  } catch (error) {
    const reason = asDataDirectoryError(error)?.message;
    if (reason === undefined) throw error;
    const allowed =
      'a new directory, an empty one, or an undamaged one of an earlier serve with the same Aspose; to start over, delete it';
    throw new InvalidInput('data', `'${directory}', which ${reason}`, allowed);
  }
  return 0;
}
