import { describe, expect, it } from 'vitest';
import { runCommand } from '../support/run-command.ts';

describe('npm run soak', () => {
  it.each([
    [['--tasks', '0'], 'a whole number from 1 to 100000'],
    [['--faults', '1.5'], 'a number from 0 to 1'],
    [['--seed', 'x'], 'a whole number from 0 to 2147483647'],
    [['--at-once', '2.5'], 'a whole number from 1 to 200'],
  ])('rejects %j with one line', async (args, allowed) => {
    const { status, stdout, stderr } = await runCommand(args, { program: 'test/soak/main.ts' });
    expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(stderr).toContain(`argument '${args[1]}' is invalid`);
    expect(stderr).toContain(allowed);
  });
});
