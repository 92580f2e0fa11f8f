import { join } from 'node:path';
import * as z from 'zod';
import { bundleFunction } from '../../scripts/bundle-function.ts';
import { type Command, outputOf } from '../processes.ts';
import { responseUrl } from './measured-process.ts';

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
export interface Workload {
  readonly warmUps: number;
  readonly collections: number;
}

export interface Arena {
  /** URL of Aspose and S3. */
  readonly url: string;
  /** Directory of the bundles. */
  readonly bundles: string;
}

export async function bundleContestants(directory: string): Promise<void> {
  for (const file of new Set(Object.values(FILES))) {
    // Each bundle contains all its modules, so that no contestant has an advantage.
    await bundleFunction(join(import.meta.dirname, 'contestants', file), join(directory, `${file}.js`), []);
  }
}

/** Makes Aspose prepare its response, so that the first contestant does not wait for it. */
export async function prepare({ url }: Arena, taskId: string): Promise<void> {
  const response = await fetch(responseUrl({ vendorUrl: url }, taskId));
  await response.body?.cancel();
}

/**
 * Measures in a fresh process.
 *
 * @param limited makes a command that runs Node.js with these arguments. @default - no limits
 * @throws Error when the process fails or exceeds its limits
 */
export async function measure(
  { url, bundles }: Arena,
  contestant: Contestant,
  taskId: string,
  { warmUps, collections }: Workload,
  limited = (args: readonly string[]): Command => [process.execPath, ...args],
): Promise<Measured> {
  const bundle = join(bundles, `${FILES[contestant]}.js`);
  const args = [bundle, url, taskId, String(warmUps), String(collections), contestant];
  return measuredSchema.parse(await outputOf(limited(args)));
}
