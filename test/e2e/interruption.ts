const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The last action wins. The first one ends the process, whose `exit` handlers still run. */
const actions: (() => void)[] = [() => process.exit(130)];

const interrupted = () => actions.at(-1)?.();

/**
 * Runs an action at Ctrl-C or SIGTERM until the returned value is disposed. Without an action, the
 * process ends.
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

/** Removes other signal handlers: Vitest's own ends the process before tests have cleaned up. */
export function takeSignals(): void {
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, interrupted);
}
