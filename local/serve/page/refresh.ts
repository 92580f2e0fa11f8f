/** Reloads the page's data whenever it may have changed. */
export interface Refresher {
  /** A change during a reload triggers another one. */
  refresh(): Promise<void>;
}

/** Leaves the server time for its tasks when many of them change. */
const PAUSE_MILLISECONDS = 300;

/**
 * @param load reads and shows everything
 * @param onEnd receives the error, if the last reload failed
 */
export function createRefresher(load: () => Promise<void>, onEnd: (error?: unknown) => void): Refresher {
  let isStale = false;
  let running: Promise<void> | undefined;

  async function reload(): Promise<void> {
    try {
      while (isStale) {
        isStale = false;
        await load();
        if (isStale) await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
      }
      onEnd();
    } catch (error) {
      onEnd(error);
    } finally {
      running = undefined;
    }
  }

  return {
    refresh() {
      isStale = true;
      running ??= reload();
      return running;
    },
  };
}
