import type { WriteStream } from 'node:tty';
import { printable } from '../functions/core/printable.ts';

/** Shows what a command is doing. */
export interface Progress {
  /** Shows an activity until the next call. */
  doing(activity: string): void;
  polled(poll: ShownPoll): void;
  /**
   * Shows how far an activity with many steps is. Elsewhere than on a terminal, most calls print
   * nothing.
   */
  counted(count: Counted): void;
  /** Clears the live line, so that output can follow. */
  end(): void;
}

/** One poll of a task. */
export interface ShownPoll {
  readonly attempt: number;
  /** Aspose's task status, or the kind of fault. */
  readonly observed: string;
  readonly detail?: string | undefined;
  /** Undefined when the task ended. */
  readonly nextPollSeconds?: number | undefined;
  readonly outcome?: string | undefined;
}

/** How many steps of an activity are done. */
export interface Counted {
  readonly done: number;
  /** Undefined until it is known. */
  readonly total: number | undefined;
  /** What follows the numbers. */
  readonly text: string;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shows progress on stderr: one live line on a terminal, plain lines elsewhere. */
export function createProgress(stream: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>): Progress {
  return stream.isTTY ? liveProgress(stream) : plainProgress(stream);
}

/** Seconds between two plain lines of a count. */
const COUNTED_SECONDS = 5;

function plainProgress(stream: Pick<WriteStream, 'write'>): Progress {
  const elapsedSeconds = startStopwatch();
  const print = (text: string) =>
    stream.write(`[${elapsedSeconds().toFixed(1).padStart(5)} s] ${printable(text)}\n`);
  let countedAt = Number.NEGATIVE_INFINITY;
  return {
    doing: print,
    polled: (poll) => print(describePoll(poll, poll.nextPollSeconds)),
    counted(count) {
      if (elapsedSeconds() - countedAt < COUNTED_SECONDS) return;
      countedAt = elapsedSeconds();
      print(describeCount(count));
    },
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
    counted(count) {
      show(() => `${barOf(count)}${describeCount(count)}`);
    },
    end() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      stream.write('\r\x1b[K');
    },
  };
}

const BAR_CHARACTERS = 20;

function barOf({ done, total = 0 }: Counted): string {
  if (total === 0) return '';
  const filled = Math.floor((BAR_CHARACTERS * Math.min(done, total)) / total);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_CHARACTERS - filled)} `;
}

function describeCount({ done, total, text }: Counted): string {
  if (total === undefined) return text;
  return [`${withThousands(done)} of ${withThousands(total)}`, text].filter(Boolean).join(' · ');
}

/** Writes a number with commas: `1,250`. */
export function withThousands(count: number): string {
  return count.toLocaleString('en-US');
}

function describePoll({ attempt, observed, detail, outcome }: ShownPoll, nextPollSeconds?: number): string {
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
