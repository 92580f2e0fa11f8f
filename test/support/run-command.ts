import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { AsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { CACHE } from './project-paths.ts';

export const MAIN = join(import.meta.dirname, '..', '..', 'local', 'cli', 'main.ts');

export const SAMPLES = join(import.meta.dirname, '..', '..', 'local', 'samples');

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program as its own process, without the caller's ASPOSE_ variables.
 *
 * @param options `onStderr` may send signals to the process; the default program is the command
 * line
 */
export function runCommand(
  args: readonly string[],
  options: {
    readonly program?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly directory?: string;
    readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<CommandResult> {
  const { program = MAIN, environment, directory, onStderr } = options;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: directory,
    env: { ...commandEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return finished(child, onStderr);
}

/**
 * Returns an `onStderr` that sends Ctrl-C once, when stderr has these words. A second SIGINT would
 * end the process.
 */
export function interruptAt(words: string) {
  let interrupted = false;
  return (text: string, kill: (signal: NodeJS.Signals) => void) => {
    if (interrupted || !text.includes(words)) return;
    interrupted = true;
    kill('SIGINT');
  };
}

/** Runs a line of shell, in which `$NODE $MAIN` is the command line. */
export function runShell(line: string): Promise<CommandResult> {
  const env = { ...commandEnvironment(), NODE: process.execPath, MAIN };
  return finished(spawn('sh', ['-c', line], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

function finished(
  child: ChildProcessByStdio<null, Readable, Readable>,
  onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onStderr?.(stderr, (signal) => child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/**
 * The caller's environment variables that a program needs, and a cache of compiled code, which
 * halves its start.
 */
export function commandEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE: join(CACHE, 'compiled') };
}

/** The environment variables that select a running simulator. */
export function asposeEnvironment({ baseUrl, credentials }: AsposeSimulator) {
  return {
    ASPOSE_BASE_URL: baseUrl,
    ASPOSE_CLIENT_ID: credentials.clientId,
    ASPOSE_CLIENT_SECRET: credentials.clientSecret,
  };
}

/**
 * Creates a directory for a concurrent test, where `temporaryDirectory` cannot tell which test
 * ends.
 */
export function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'ocr-courier-test-'));
}

/** Splits a text into words, to compare a recognized text with the original. */
export function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Returns the share of the original's words that were recognized, repeated words included. */
export function recall(recognized: string, truth: string): number {
  const left = words(recognized);
  const expected = words(truth);
  const found = expected.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return found.length / expected.length;
}
