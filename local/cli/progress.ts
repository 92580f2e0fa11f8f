import type { WriteStream } from 'node:tty';
import { printable } from './printable.ts';

/** What the fetch Lambda logged of one poll. */
export interface Polled {
  readonly attempt: number;
  /** Aspose's task status, or the kind of fault. */
  readonly observed: string;
  readonly detail?: string | undefined;
  readonly nextPollSeconds?: number | undefined;
  /** How the task has ended, in place of a next poll. */
  readonly outcome?: string | undefined;
}

/** Shows how a command gets on. */
export interface Progress {
  /** What is being done, until the next call. */
  doing(what: string): void;
  polled(poll: Polled): void;
  /** Leaves the stream as a following line of output wants it. */
  end(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Progress on stderr: one live line on a terminal, plain lines elsewhere. */
export function createProgress(stream: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>): Progress {
  return stream.isTTY ? liveProgress(stream) : plainProgress(stream);
}

function plainProgress(stream: Pick<WriteStream, 'write'>): Progress {
  const elapsed = stopwatch();
  const print = (text: string) =>
    stream.write(`[${elapsed().toFixed(1).padStart(5)} s] ${printable(text)}\n`);
  return {
    doing: print,
    polled: (poll) => print(describePoll(poll, poll.nextPollSeconds)),
    end() {},
  };
}

function liveProgress(stream: Pick<WriteStream, 'write' | 'columns'>): Progress {
  const elapsed = stopwatch();
  let frame = 0;
  let line = () => '';
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    frame = (frame + 1) % FRAMES.length;
    const text = printable(`${FRAMES[frame]} ${elapsed().toFixed(1)} s · ${line()}`);
    stream.write(`\r\x1b[K${text.slice(0, Math.max(20, stream.columns - 1))}`);
  };
  const show = (what: () => string) => {
    line = what;
    timer ??= setInterval(draw, 100).unref();
    draw();
  };
  return {
    doing(what) {
      show(() => what);
    },
    polled(poll) {
      const at = elapsed();
      show(() => {
        const { nextPollSeconds } = poll;
        return describePoll(
          poll,
          nextPollSeconds === undefined ? undefined : Math.max(0, at + nextPollSeconds - elapsed()),
        );
      });
    },
    end() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      stream.write('\r\x1b[K');
    },
  };
}

function describePoll(
  { attempt, observed, detail, outcome }: Polled,
  nextPollSeconds: number | undefined,
): string {
  const seen = detail === undefined ? observed : `${observed} (${detail})`;
  const next =
    nextPollSeconds === undefined ? `ends as ${outcome}` : `next poll in ${nextPollSeconds.toFixed(1)} s`;
  return `${seen} · poll ${attempt} · ${next}`;
}

/** Seconds since it was made. */
function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
