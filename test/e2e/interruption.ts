const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** To end with what is left is better than to hang: handlers of `exit` still run. */
const actions: (() => void)[] = [() => process.exit(130)];

const interrupted = () => actions.at(-1)?.();

/**
 * Does this at Ctrl-C or SIGTERM from now on, until it is disposed of; without any, the process ends.
 *
 * Other handlers are taken away: the test runner's own ends the process at once, before anything has been cleaned up.
 */
export function whenInterrupted(action: () => void): Disposable {
  actions.push(action);
  takeSignals();
  return {
    [Symbol.dispose]() {
      actions.splice(actions.indexOf(action), 1);
    },
  };
}

/** Makes this module the only one that hears of interruptions. */
export function takeSignals(): void {
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, interrupted);
}
