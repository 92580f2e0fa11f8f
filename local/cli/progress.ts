import type { WriteStream } from 'node:tty';
import { printable } from '../../functions/core/printable.ts';
import type { LoggedPoll } from '../logged-poll.ts';

/** Shows what a command is doing. */
export interface Progress {
  /** Shows an activity until the next call. */
  doing(activity: string): void;
  polled(poll: LoggedPoll): void;
  /** Clears the live line, so that output can follow. */
  end(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shows progress on stderr: one live line on a terminal, plain lines elsewhere. */
export function createProgress(stream: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>): Progress {
  return stream.isTTY ? liveProgress(stream) : plainProgress(stream);
}

function plainProgress(stream: Pick<WriteStream, 'write'>): Progress {
  const elapsedSeconds = startStopwatch();
  const print = (text: string) =>
    stream.write(`[${elapsedSeconds().toFixed(1).padStart(5)} s] ${printable(text)}\n`);
  return {
    doing: print,
    polled: (poll) => print(describePoll(poll, poll.nextPollSeconds)),
    end() {},
  };
}

function liveProgress(stream: Pick<WriteStream, 'write' | 'columns'>): Progress {
  const elapsedSeconds = startStopwatch();
  let frame = 0;
  let describe = () => '';
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    frame = (frame + 1) % FRAMES.length;
    const text = printable(`${FRAMES[frame]} ${elapsedSeconds().toFixed(1)} s · ${describe()}`);
    stream.write(`\r\x1b[K${text.slice(0, Math.max(20, stream.columns - 1))}`);
  };
  const show = (description: () => string) => {
    describe = description;
    timer ??= setInterval(draw, 100).unref();
    draw();
  };
  return {
    doing(activity) {
      show(() => activity);
    },
    polled(poll) {
      const { nextPollSeconds } = poll;
      const at = elapsedSeconds();
      const remaining = () =>
        nextPollSeconds === undefined ? undefined : Math.max(0, at + nextPollSeconds - elapsedSeconds());
      show(() => describePoll(poll, remaining()));
    },
    end() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      stream.write('\r\x1b[K');
    },
  };
}

function describePoll({ attempt, observed, detail, outcome }: LoggedPoll, nextPollSeconds?: number): string {
  const status = detail === undefined ? observed : `${observed} (${detail})`;
  const next =
    nextPollSeconds === undefined ? `ends as ${outcome}` : `next poll in ${nextPollSeconds.toFixed(1)} s`;
  return `${status} · poll ${attempt} · ${next}`;
}

/** @returns a function that returns the seconds since now */
function startStopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
