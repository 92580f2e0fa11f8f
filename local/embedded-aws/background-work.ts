/** Background work: executions, and deliveries of events. */
export interface BackgroundWork {
  add(work: Promise<unknown>): void;
  /**
   * Resolves when no work is running.
   *
   * @throws AggregateError with the errors of work that failed since the last call
   */
  settled(): Promise<void>;
}

/** @param onFault receives the error of work that fails */
export function createBackgroundWork(onFault: (fault: unknown) => void): BackgroundWork {
  const running = new Set<Promise<unknown>>();
  const faults: unknown[] = [];

  return {
    add(work) {
      const done: Promise<unknown> = work
        .catch((fault: unknown) => {
          faults.push(fault);
          onFault(fault);
        })
        .finally(() => running.delete(done));
      running.add(done);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
      if (faults.length > 0) {
        throw new AggregateError(faults.splice(0), 'Deliveries or executions failed in the embedded AWS.');
      }
    },
  };
}
