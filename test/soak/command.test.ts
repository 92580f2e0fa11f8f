import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const run = (...args: readonly string[]) =>
  new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(process.execPath, ['test/soak/main.ts', ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

describe('npm run soak', () => {
  it.each([
    [['--tasks', '0'], 'a whole number from 1 to 100000'],
    [['--faults', '1.5'], 'a number from 0 to 1'],
    [['--seed', 'x'], 'a whole number from 0 to 2147483647'],
    [['--at-once', '2.5'], 'a whole number from 1 to 200'],
  ])('rejects %j with one line', async (args, allowed) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(stderr).toContain(`argument '${args[1]}' is invalid`);
    expect(stderr).toContain(allowed);
  });
});
