/** Returns a signal that the first Ctrl-C aborts. Another one, after a second, ends the process. */
export function cancellation(): AbortSignal {
  const abort = new AbortController();
  process.on('SIGINT', () => {
    // npm forwards the terminal's signal, so one Ctrl-C arrives twice.
    if (abort.signal.aborted) return;
    setTimeout(() => process.once('SIGINT', () => process.exit(130)), 1000).unref();
    abort.abort();
  });
  return abort.signal;
}
