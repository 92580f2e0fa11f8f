import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import type { Deployment } from './deployment.ts';
import { takeSignals, whenInterrupted } from './interruption.ts';

/**
 * Runs a test file. Ctrl-C cancels the run, and the tests still delete everything that they
 * created. A second Ctrl-C ends the process.
 *
 * @param file the name of a file in suite/
 * @returns whether all tests passed
 */
export async function runSuite(file: string, deployment: Deployment): Promise<boolean> {
  let cancelled = false;
  let cancel = () => {};
  using _ = whenInterrupted(() => {
    if (cancelled) process.exit(130);
    cancelled = true;
    process.stderr.write('Cancelled. Deleting all test data; press Ctrl-C once more to keep it.\n');
    cancel();
  });
  const cancellation = {
    name: 'cancellation',
    configureVitest({
      vitest,
    }: {
      readonly vitest: { cancelCurrentRun(reason: 'keyboard-input'): Promise<void> };
    }) {
      takeSignals();
      cancel = () => void vitest.cancelCurrentRun('keyboard-input');
    },
  };
  const vitest = await startVitest(
    'test',
    [join('test', 'e2e', 'suite', file)],
    { project: 'e2e', reporters: ['verbose'], watch: false, provide: { deployment } },
    { plugins: [cancellation] },
  );
  const modules = vitest.state.getTestModules();
  const passed = modules.length > 0 && modules.every((module) => module.ok());
  const errors = vitest.state.getUnhandledErrors();
  await vitest.close();
  return passed && errors.length === 0 && !cancelled;
}
