import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

/** A program and its arguments. */
export type Command = readonly [file: string, ...args: string[]];

/** Runs a program and returns the JSON that it prints last. Its log may precede it. */
export async function outputOf(
  [file, ...args]: Command,
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { stdout } = await promisify(execFile)(file, args, { env, maxBuffer: Number.POSITIVE_INFINITY });
  return JSON.parse(stdout.slice(stdout.trimEnd().lastIndexOf('\n') + 1));
}

/**
 * Starts Aspose and AWS in a process of their own, so that no measured process pays for them.
 *
 * @param script sends its URL, and ends when it is disconnected
 */
export async function startServices(
  script = join(import.meta.dirname, 'services.ts'),
  args: readonly string[] = [],
) {
  const child = fork(script, args);
  const [url] = await once(child, 'message');
  return {
    url: z.url().parse(url),
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
