import { expect } from 'vitest';
import { newDirectory, runCommand } from './run-command.ts';

/** Expects that the command line rejects arguments with one line on stderr and status 2. */
export async function expectUsageError(
  args: string[],
  message: string,
  environment: Record<string, string> = {},
) {
  const { status, stdout, stderr } = await runCommand(args, { environment, directory: await newDirectory() });

  expect(stderr).toContain(message);
  expect({ status, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({
    status: 2,
    stdout: '',
    lines: 1,
  });
}
