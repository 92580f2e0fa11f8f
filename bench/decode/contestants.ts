import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { bundleFunction } from '../../scripts/bundle-function.ts';
import { type Command, outputOf, startServices } from '../processes.ts';

/** The ways to decode, by their files in `contestants/`. */
const FILES = {
  ours: 'ours.ts',
  naive: 'naive.ts',
  naiveWithManifest: 'naive.ts',
  streamJson: 'stream-json.ts',
} as const;

export type Contestant = keyof typeof FILES;

const measuredSchema = z.strictObject({
  /** Per collection, from the request to the end of the last PutObject. */
  milliseconds: z.number(),
  /** Peak of the whole process since its start. */
  peakRssMB: z.number(),
  cpuMilliseconds: z.number(),
});
export type Measured = z.output<typeof measuredSchema>;

/** What a contestant does in a fresh process. */
interface Workload {
  readonly taskId: string;
  readonly warmUps: number;
  readonly collections: number;
}

export interface Arena extends AsyncDisposable {
  /**
   * Measures in a fresh process.
   *
   * @param limited wraps the arguments of Node.js into a command. @default - no limits
   * @throws Error when the process fails or exceeds its limits
   */
  measure(
    contestant: Contestant,
    workload: Workload,
    limited?: (args: readonly string[]) => Command,
  ): Promise<Measured>;
}

/** Bundles the contestants and starts Aspose and S3. */
export async function openArena(): Promise<Arena> {
  const disposables = new AsyncDisposableStack();
  const { path } = disposables.use(await mkdtempDisposable(join(tmpdir(), 'ocr-courier-bench-')));
  for (const file of new Set(Object.values(FILES))) {
    // Nothing is left out of a bundle, so that no contestant has an advantage.
    await bundleFunction(join(import.meta.dirname, 'contestants', file), join(path, `${file}.js`), []);
  }
  const { url } = disposables.use(await startServices());
  return {
    async measure(contestant, { taskId, warmUps, collections }, limited = unlimited) {
      const bundle = join(path, `${FILES[contestant]}.js`);
      const args = [bundle, url, taskId, String(warmUps), String(collections), contestant];
      return measuredSchema.parse(await outputOf(limited(args)));
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

const unlimited = (args: readonly string[]): Command => [process.execPath, ...args];
