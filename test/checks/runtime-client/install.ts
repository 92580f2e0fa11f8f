import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE, runTool } from '../run-tool.ts';

const PACKAGE = join(import.meta.dirname, 'package');
const PACKAGE_FILES = ['package.json', 'package-lock.json'] as const;

/**
 * Installs AWS's runtime client, of the version in package-lock.json, where that has not been done. It brings the
 * source of its HTTP client, which takes cmake, make and a C++ compiler.
 *
 * @returns its entry file
 * @throws CheckFailed when it cannot be compiled
 */
export async function installRuntimeClient(): Promise<string> {
  const lock = await readFile(join(PACKAGE, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const directory = join(CACHE, 'runtime-client', hash);
  const client = join(directory, 'node_modules', 'aws-lambda-ric');
  const complete = () => existsSync(join(client, 'rapid-client.node'));
  if (!complete()) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    for (const name of PACKAGE_FILES) await copyFile(join(PACKAGE, name), join(directory, name));
    console.log(
      'Installing and compiling aws-lambda-ric; about two minutes, once. It needs cmake, make and g++.',
    );
    await runTool('npm', ['ci', '--prefix', directory], { directory });
  }
  return join(client, 'index.mjs');
}
