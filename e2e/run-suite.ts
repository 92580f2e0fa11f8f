import { startVitest } from 'vitest/node';
import type { Deployment } from './deployment.ts';

/**
 * Runs the suite. Ctrl-C cancels it; what it made is then deleted all the same. A second one ends the process.
 *
 * @returns whether all tests passed
 */
export async function runSuite(deployment: Deployment): Promise<boolean> {
  const options = { config: 'vitest.e2e.config.ts', watch: false, run: true, provide: { deployment } };
  let cancelled = false;
  let cancel = () => {};
  const interrupted = () => {
    if (cancelled) process.exit(130);
    cancelled = true;
    process.stderr.write('Cancelled: deleting what the tests made. Once more, and it stays.\n');
    cancel();
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    const vitest = await startVitest('test', [], options, {
      plugins: [
        {
          name: 'cancellation',
          configureVitest: (context) => {
            cancel = () => void context.vitest.cancelCurrentRun('keyboard-input');
          },
        },
      ],
    });
    const modules = vitest.state.getTestModules();
    const passed = modules.length > 0 && modules.every((module) => module.ok());
    const faults = vitest.state.getUnhandledErrors();
    await vitest.close();
    return passed && faults.length === 0 && !cancelled;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}
