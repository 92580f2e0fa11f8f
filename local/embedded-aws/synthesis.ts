import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything that the synthesised stack and its bundles are made of. */
const SOURCES = ['bin', 'lib', 'functions', 'cdk.json', 'package-lock.json', 'tsconfig.json'];

/** Assemblies of former sources are kept this long: a running process may still load functions from one. */
const KEEP_MILLISECONDS = 24 * 60 * 60 * 1000;

const cdkConfigurationSchema = z.object({ context: z.record(z.string(), z.unknown()).default({}) });
const childFailureSchema = z.object({ stderr: z.string() });

/**
 * Gives the cloud assembly of the project as it is now, synthesising it only when its sources changed.
 *
 * Assemblies are kept apart by a hash of the sources, so a foreign `cdk synth` cannot get in between, and each is put
 * in place in one step, so processes that synthesise at the same time do not disturb each other.
 *
 * @param project folder of the CDK app
 * @returns the directory of the assembly
 * @throws Error with what the CDK app wrote to stderr
 */
export async function ensureAssembly(project: string = PROJECT): Promise<string> {
  const cache = join(project, 'node_modules', '.cache', 'ocr-courier', 'assemblies');
  const directory = join(cache, await hashSources(project));
  if (existsSync(directory)) return directory;

  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, 'unfinished-'));
  try {
    await synthesise(project, unfinished);
    await rename(unfinished, directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was quicker, with the same sources.
    if (!existsSync(directory)) throw error;
  }
  await removeOutdated(cache, directory);
  return directory;
}

async function hashSources(project: string): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of await filesOf(join(project, source))) {
      hash
        .update(relative(project, file))
        .update('\0')
        .update(await readFile(file))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 32);
}

/** All files of a folder, or the one file, in a fixed order; none of what is not there. */
async function filesOf(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs the CDK app itself, which needs no command line but the context that it would give. */
async function synthesise(project: string, directory: string): Promise<void> {
  const configuration = cdkConfigurationSchema.parse(
    JSON.parse(await readFile(join(project, 'cdk.json'), 'utf8')),
  );
  try {
    await promisify(execFile)(process.execPath, ['bin/ocr-courier.ts'], {
      cwd: project,
      env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(configuration.context) },
    });
  } catch (error) {
    const failure = childFailureSchema.safeParse(error);
    const output = failure.success ? failure.data.stderr.trim() : '';
    throw new Error(`The CDK app could not be synthesised:\n${output || error}`, { cause: error });
  }
}

async function removeOutdated(cache: string, current: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const directory = join(cache, name);
    // Another process may have put it in place or removed it meanwhile.
    const found = await stat(directory).catch(() => undefined);
    if (found !== undefined && directory !== current && Date.now() - found.mtimeMs > KEEP_MILLISECONDS) {
      await rm(directory, { recursive: true, force: true });
    }
  }
}
