import type { FileRecords } from './file-records.ts';
import {
  type FileCheck,
  type FileRecord,
  type FileRules,
  type FileState,
  type FileVersion,
  isDone,
  isKnownContent,
  isSameVersion,
  mayPass,
  stateAfterCheck,
} from './file-rules.ts';
import { isIgnoredPath } from './ignored-path.ts';
import type { InboxFolder } from './inbox-folder.ts';
import type { RecognitionEnd } from './recognize-port.ts';

/** What following files needs from the world. Paths are relative to the inbox. */
/** Time as it passes for the files. */
export interface FollowClock {
  /** Milliseconds. */
  now(): number;
  /** Calls back once, after a delay. @returns a function that cancels this */
  after(milliseconds: number, callback: () => void): () => void;
}

export interface FollowPorts {
  readonly folder: InboxFolder;
  readonly records: FileRecords;
  /** Steady: it does not jump when the machine's clock is set. */
  readonly clock: FollowClock;
  /** Recognizes a file. It does not reject. */
  readonly recognize: (relativePath: string) => Promise<RecognitionEnd>;
  /** Moves the original of a file that has ended. It may reject. */
  readonly move: (relativePath: string, done: boolean) => Promise<void>;
  /** Receives the end of a file once its record is stored. */
  readonly onEnd: (relativePath: string, end: RecognitionEnd) => void;
  /** Receives what users may wonder about. */
  readonly onNote: (relativePath: string, note: string | Error) => void;
}

export interface FollowSettings extends FileRules {
  /** Which originals are moved. */
  readonly moves: { readonly done: boolean; readonly failed: boolean };
  /** Maximum files that are recognized at the same time. */
  readonly maxRunning: number;
  /** The pause between the end of one scan and the next. */
  readonly rescanMs: number;
}

/** The files of an inbox, on their way from their arrival to their end. */
export interface FollowedFiles {
  /** Checks a path, because something may have happened to it. */
  notice(relativePath: string): void;
  /** Rejects when a record cannot be stored. Never resolves. */
  readonly failure: Promise<never>;
  /** How many files are running. */
  running(): number;
  /** Starts no more files, and resolves when those that run have ended. */
  stop(): Promise<void>;
}

/** Scans the inbox now and periodically, and recognizes each file once per content. */
export function followFiles(ports: FollowPorts, settings: FollowSettings): FollowedFiles {
  const { folder, records, clock, onNote } = ports;
  const { moves, maxRunning } = settings;
  const states = new Map<string, FileState>();
  const queue = new Set<string>();
  const timers = new Map<string, () => void>();
  const runs = new Set<Promise<void>>();
  const unmovable = new Set<string>();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  let cancelRescan = () => {};
  let stopped = false;

  const attempt = (work: Promise<void>) => void work.catch(failure.reject);

  function mustMove(path: string, record: FileRecord): boolean {
    return (isDone(record) ? moves.done : moves.failed) && !unmovable.has(path);
  }

  async function check(path: string): Promise<void> {
    // Two dots are ignored like every name with a dot, so a path never leads out of the inbox.
    if (stopped || isIgnoredPath(path)) return;
    const found = await folder.check(path);
    if (stopped) return;
    const record = records.get(path);
    // Its original was moved. Users who put it back want it to be tried again.
    if (record !== undefined && found.kind === 'Absent' && moves.failed && !isDone(record)) {
      records.forget(path);
    }
    const earlier = record && { record, mustMove: mustMove(path, record) };
    enter(path, stateAfterCheck(states.get(path), earlier, found, clock.now(), settings));
  }

  function enter(path: string, state: FileState | undefined): void {
    timers.get(path)?.();
    timers.delete(path);
    if (state === undefined) states.delete(path);
    else states.set(path, state);
    if (state?.kind === 'Settling') {
      const delayMs = Math.max(1, state.sinceMs + settings.settleMs - clock.now());
      timers.set(
        path,
        clock.after(delayMs, () => attempt(check(path))),
      );
    }
    if (state?.kind === 'Queued') {
      queue.add(path);
      startNext();
    }
  }

  function startNext(): void {
    for (const path of queue) {
      if (stopped || runs.size >= maxRunning) return;
      queue.delete(path);
      const state = states.get(path);
      // It changed or disappeared while it waited.
      if (state?.kind !== 'Queued') continue;
      states.set(path, { kind: 'Running', version: state.version });
      const run = end(path, state.version)
        .catch(failure.reject)
        .finally(() => {
          runs.delete(run);
          states.delete(path);
          startNext();
          // What happened to a running file was not noticed.
          attempt(check(path));
        });
      runs.add(run);
    }
  }

  /** Brings a file to its end. Without one, the next check begins with it again. */
  async function end(path: string, version: FileVersion): Promise<void> {
    const sha256 = await folder.hash(path);
    const before = await folder.check(path);
    if (stopped || sha256 === undefined || !isAt(before, version)) return;
    const earlier = records.get(path);
    if (earlier === undefined || !isKnownContent(earlier, sha256, settings)) {
      return await recognize(path, sha256, version);
    }
    const record = { ...earlier, version };
    records.put(path, record);
    if (mustMove(path, record)) onNote(path, 'was recognized before, with the same content');
    await moveIfNeeded(path, record);
  }

  async function recognize(path: string, sha256: string, version: FileVersion): Promise<void> {
    const end = await ports.recognize(path);
    const latest = await versionOf(path, sha256, version);
    if (latest === undefined) {
      return onNote(path, 'changed while it was recognized, and is recognized again');
    }
    const { outcome, reason } = end;
    const { request } = settings;
    const record = { sha256, version: latest, outcome, request, mayPass: mayPass(reason) };
    records.put(path, record);
    ports.onEnd(path, end);
    await moveIfNeeded(path, record);
  }

  /** @returns the version of a file that still has this content, or is gone; undefined otherwise */
  async function versionOf(path: string, sha256: string, earlier: FileVersion) {
    const found = await folder.check(path);
    if (found.kind === 'Absent' || isAt(found, earlier)) return earlier;
    const same = found.kind === 'Present' && (await folder.hash(path)) === sha256;
    return same ? found.version : undefined;
  }

  async function moveIfNeeded(path: string, record: FileRecord): Promise<void> {
    if (!mustMove(path, record) || !isAt(await folder.check(path), record.version)) return;
    try {
      await ports.move(path, isDone(record));
    } catch (error) {
      unmovable.add(path);
      onNote(path, error instanceof Error ? error : new Error(String(error)));
    }
  }

  async function scan(): Promise<void> {
    for await (const path of folder.list()) {
      if (stopped) return;
      await check(path);
    }
    if (!stopped) cancelRescan = clock.after(settings.rescanMs, () => attempt(scan()));
  }

  async function start(): Promise<void> {
    // A process that died after it moved a failed original has not forgotten its record.
    const failed = moves.failed ? [...records.entries()].filter(([, record]) => !isDone(record)) : [];
    for (const [path] of failed) await check(path);
    await scan();
  }

  attempt(start());
  return {
    notice: (path) => attempt(check(path)),
    failure: failure.promise,
    running: () => runs.size,
    async stop() {
      stopped = true;
      cancelRescan();
      for (const cancel of timers.values()) cancel();
      await Promise.all(runs);
    },
  };
}

function isAt(check: FileCheck, version: FileVersion): boolean {
  return check.kind === 'Present' && isSameVersion(check.version, version);
}
