import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { errorCode } from '../../cli/error-code.ts';

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** All sources of the synthesized stack and its bundles. */
const SOURCES = ['bin', 'lib', 'functions', 'cdk.json', 'package-lock.json', 'tsconfig.json'];

/** How long an outdated assembly stays, because a running process may still use it. */
const RETENTION_MILLISECONDS = 24 * 60 * 60 * 1000;

const cdkConfigurationSchema = z.object({ context: z.record(z.string(), z.unknown()).default({}) });
const childFailureSchema = z.object({ stderr: z.string() });

/**
 * Returns the cloud assembly of the current sources. It synthesizes only when they changed.
 *
 * Each assembly has a directory named after a hash of its sources, separate from the output of `cdk
 * synth`. A finished assembly is renamed to it, so that several processes can synthesize at once.
 * If the cache cannot be written, the directory is temporary.
 *
 * @param project the folder of the CDK app
 * @param configuration that of the courier, instead of the one in cdk.json
 * @returns the directory of the assembly
 * @throws Error with the stderr of the CDK app, or with the system's `code` when there is no
 * writable directory
 */
export async function ensureAssembly(project: string = PROJECT, configuration?: object): Promise<string> {
  const cache = join(project, 'node_modules', '.cache', 'ocr-courier', 'assemblies');
  const directory = join(cache, await hashSources(project, configuration));
  if (existsSync(directory)) return directory;

  const unfinished = await makeUnfinished(cache);
  if (unfinished === undefined) return await synthesizeTemporarily(project, configuration);
  try {
    await synthesize(project, configuration, unfinished);
    await rename(unfinished, directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process with the same sources may have been faster.
    if (!existsSync(directory)) throw error;
  }
  await removeOutdated(cache, directory);
  return directory;
}

/** Returns a new directory in the cache; undefined when it cannot be written. */
async function makeUnfinished(cache: string): Promise<string | undefined> {
  try {
    await mkdir(cache, { recursive: true });
    return await mkdtemp(join(cache, 'unfinished-'));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Synthesizes for this process only. Another user could change an assembly at a known path. */
async function synthesizeTemporarily(project: string, configuration?: object): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-assembly-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  await synthesize(project, configuration, directory);
  return directory;
}

async function hashSources(project: string, configuration?: object): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(configuration ?? null));
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

/** Returns the files of a path in a fixed order; none when it does not exist. */
async function filesOf(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs the CDK app directly, with the context that the CDK command line would pass. */
async function synthesize(
  project: string,
  configuration: object | undefined,
  directory: string,
): Promise<void> {
  const { context } = cdkConfigurationSchema.parse(
    JSON.parse(await readFile(join(project, 'cdk.json'), 'utf8')),
  );
  try {
    await promisify(execFile)(process.execPath, ['bin/ocr-courier.ts'], {
      cwd: project,
      env: {
        ...process.env,
        CDK_OUTDIR: directory,
        CDK_CONTEXT_JSON: JSON.stringify({
          ...context,
          ...(configuration !== undefined && { 'ocr-courier': configuration }),
        }),
      },
    });
  } catch (error) {
    const failure = childFailureSchema.safeParse(error);
    const output = failure.success ? failure.data.stderr.trim() : '';
    throw new Error(`The CDK app could not be synthesized:\n${output || error}`, { cause: error });
  }
}

async function removeOutdated(cache: string, current: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const directory = join(cache, name);
    // Another process may have removed it.
    const found = await stat(directory).catch(() => undefined);
    if (found !== undefined && directory !== current && Date.now() - found.mtimeMs > RETENTION_MILLISECONDS) {
      // It may belong to another user.
      await rm(directory, { recursive: true, force: true }).catch(() => {});
    }
  }
}
