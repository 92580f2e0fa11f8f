import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { bundleFunction } from '../../scripts/bundle-function.ts';
import type { MemoryLimit } from './memory-limit.ts';

/** Who decodes, and from which file of `contestants/`. */
const CONTESTANTS = {
  ours: 'ours.ts',
  naive: 'naive.ts',
  naiveWithManifest: 'naive-with-manifest.ts',
  streamJson: 'stream-json.ts',
} as const;

export type Contestant = keyof typeof CONTESTANTS;

export const measuredSchema = z.strictObject({
  /** From the request for the answer to the end of what is stored; per collection, where there are many. */
  milliseconds: z.number(),
  /** Of the whole process, from its start. */
  peakRssMB: z.number(),
  cpuMilliseconds: z.number(),
});
export type Measured = z.output<typeof measuredSchema>;

export interface Measurement {
  readonly taskId: string;
  readonly warmUps: number;
  readonly collections: number;
}

/** What a measured process has to make do with. */
export interface Confinement {
  readonly limit?: MemoryLimit | undefined;
  /** Of Node.js. */
  readonly options: readonly string[];
}

export interface Arena {
  /** Has the vendor make the answer, which takes its time. */
  prepare(taskId: string): Promise<void>;
  /** One fresh process. Undefined when it failed, or was ended by its limit. */
  measure(
    contestant: Contestant,
    measurement: Measurement,
    confinement?: Confinement,
  ): Promise<Measured | undefined>;
  close(): Promise<void>;
}

const servicesSchema = z.object({ vendorUrl: z.string(), storageUrl: z.string() });

/** Bundles the contestants as functions are deployed, and starts vendor and S3. */
export async function openArena(): Promise<Arena> {
  const bundles = await mkdtemp(join(tmpdir(), 'ocr-courier-bench-'));
  for (const [contestant, file] of Object.entries(CONTESTANTS)) {
    const entry = join(import.meta.dirname, 'contestants', file);
    // With nothing left out of it, as anybody would: none is to lead by that.
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
    async measure(contestant, { taskId, warmUps, collections }, confinement) {
      const { limit, options = [] } = confinement ?? {};
      const bundle = join(bundles, `${contestant}.js`);
      const args = [...options, bundle, vendorUrl, storageUrl, taskId, String(warmUps), String(collections)];
      const [file, all] = limit?.command(process.execPath, args) ?? [process.execPath, args];
      // What V8 has to say when a limit ends it is pages long, and no fault of anybody's.
      const errors = confinement === undefined ? 'inherit' : 'ignore';
      const child = spawn(file, all, { stdio: ['ignore', 'pipe', errors] });
      if (child.stdout === null) throw new Error('the process has no output');
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
