import { once } from 'node:events';
import type { CommandContext } from '../../cli/output-options.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import { listenOnPort } from './listen-on-port.ts';
import { describeSimulator } from './simulator-output.ts';

/** The options of `simulator`, as given. */
export interface SimulatorOptions {
  readonly port?: string;
  readonly holdGet?: string;
}

/**
 * Runs the simulator alone, for another client, until Ctrl-C.
 *
 * @returns the exit status
 * @throws InvalidInput before anything is started
 */
export async function runSimulator(
  { port, holdGet }: SimulatorOptions,
  { cancelled }: Pick<CommandContext, 'cancelled'>,
): Promise<number> {
  const holdGetSeconds = holdGet === undefined ? undefined : parseHoldSeconds(holdGet);
  // Imported late: loading the simulator would delay usage errors.
  const { startAsposeSimulator } = await import('../aspose-simulator/server.ts');
  await using simulator = await listenOnPort(port, (number) =>
    startAsposeSimulator(withoutUndefined({ port: number, holdGetSeconds })),
  );
  console.log(describeSimulator(simulator));
  if (!cancelled.aborted) await once(cancelled, 'abort');
  return 0;
}

const MAX_HOLD_SECONDS = 3600;

function parseHoldSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  if (seconds <= MAX_HOLD_SECONDS) return seconds;
  throw new InvalidInput('holdGet', `'${text}'`, `seconds, at most ${MAX_HOLD_SECONDS}`);
}
