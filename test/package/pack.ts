import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import * as z from 'zod';
import { PROJECT } from '../support/project-paths.ts';

const run = promisify(execFile);

/** The tarballs of the package and of its dependency. */
export interface PackedTarballs {
  readonly paths: readonly string[];
  /** The paths of the files in the package. */
  readonly packed: readonly string[];
}

declare module 'vitest' {
  export interface ProvidedContext {
    tarballs: PackedTarballs;
  }
}

/** Builds and packs the package once for all test files, because a build empties `dist`. */
export default async function packOnce({ provide }: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-tarballs-'));
  const packed = await pack(PROJECT, directory);
  await pack(join(PROJECT, 'node_modules', 'zod'), directory, '--ignore-scripts');
  const names = (await readdir(directory)).filter((name) => name.endsWith('.tgz'));
  provide('tarballs', { paths: names.map((name) => join(directory, name)), packed });
  return () => rm(directory, { recursive: true, force: true });
}

/** @returns the paths of the packed files */
async function pack(folder: string, directory: string, ...options: string[]): Promise<string[]> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', directory, ...options], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  // The build prints its own output first.
  const report: unknown = JSON.parse(stdout.slice(stdout.search(/^\[/m)));
  const [{ files }] = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]).parse(report);
  return files.map(({ path }) => path);
}
