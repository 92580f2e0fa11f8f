import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { bundleFunction } from '../../scripts/bundle-function.ts';
import type { MemoryLimit } from './memory-limit.ts';

/** The ways to decode, by their files in `contestants/`. */
const CONTESTANTS = {
  ours: 'ours.ts',
  naive: 'naive.ts',
  naiveWithManifest: 'naive-with-manifest.ts',
  streamJson: 'stream-json.ts',
} as const;

export type Contestant = keyof typeof CONTESTANTS;

export const measuredSchema = z.strictObject({
  /** Per collection, from the request to the end of the last PutObject. */
  milliseconds: z.number(),
  /** Peak of the whole process since its start. */
  peakRssMB: z.number(),
  cpuMilliseconds: z.number(),
});
export type Measured = z.output<typeof measuredSchema>;

interface Measurement {
  readonly taskId: string;
  readonly warmUps: number;
  readonly collections: number;
}

/** Limits of a measured process. */
interface ProcessLimits {
  readonly limit?: MemoryLimit | undefined;
  /** Options of Node.js. */
  readonly options: readonly string[];
}

export interface Arena {
  /** Makes the vendor prepare its response, which takes a while. */
  prepare(taskId: string): Promise<void>;
  /** Measures in a fresh process. Returns undefined when it failed or exceeded its limits. */
  measure(
    contestant: Contestant,
    measurement: Measurement,
    limits?: ProcessLimits,
  ): Promise<Measured | undefined>;
  close(): Promise<void>;
}

const servicesSchema = z.object({ vendorUrl: z.string(), storageUrl: z.string() });

/** Bundles the contestants and starts the vendor and S3. */
export async function openArena(): Promise<Arena> {
  const bundles = await mkdtemp(join(tmpdir(), 'ocr-courier-bench-'));
  for (const [contestant, file] of Object.entries(CONTESTANTS)) {
    const entry = join(import.meta.dirname, 'contestants', file);
    // Nothing is left out of a bundle, so that no contestant has an advantage.
    await bundleFunction(entry, join(bundles, `${contestant}.js`), []);
  }
  const server = fork(join(import.meta.dirname, 'server.ts'));
  const [message] = await once(server, 'message');
  const { vendorUrl, storageUrl } = servicesSchema.parse(message);

  return {
    async prepare(taskId) {
      const response = await fetch(`${vendorUrl}/?id=${taskId}`);
      await response.body?.cancel();
    },
    async measure(contestant, { taskId, warmUps, collections }, limits) {
      const { limit, options = [] } = limits ?? {};
      const bundle = join(bundles, `${contestant}.js`);
      const args = [...options, bundle, vendorUrl, storageUrl, taskId, String(warmUps), String(collections)];
      const [file, all] = limit?.command(process.execPath, args) ?? [process.execPath, args];
      // V8 prints pages of text when it exceeds a limit.
      const errors = limits === undefined ? 'inherit' : 'ignore';
      const child = spawn(file, all, { stdio: ['ignore', 'pipe', errors] });
      if (child.stdout === null) throw new Error('the process has no standard output');
      const result = await text(child.stdout);
      return result === '' ? undefined : measuredSchema.parse(JSON.parse(result));
    },
    async close() {
      server.disconnect();
      await once(server, 'exit');
      await rm(bundles, { recursive: true });
    },
  };
}
