/** Work that goes on by itself: executions, and deliveries of events. */
export interface WorkUnderWay {
  add(work: Promise<unknown>): void;
  /**
   * Resolves when nothing is under way.
   *
   * @throws AggregateError of the work that broke down since it was last asked
   */
  settled(): Promise<void>;
}

/** @param onFault hears of work that broke down, when it does */
export function createWorkUnderWay(onFault: (fault: unknown) => void): WorkUnderWay {
  const underWay = new Set<Promise<unknown>>();
  const faults: unknown[] = [];

  return {
    add(work) {
      const done: Promise<unknown> = work
        .catch((fault: unknown) => {
          faults.push(fault);
          onFault(fault);
        })
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
      if (faults.length > 0) {
        throw new AggregateError(faults.splice(0), 'Deliveries or executions broke down.');
      }
    },
  };
}
