import { expect } from 'vitest';
import type { FileCheck, FileRecord } from '../../cli/inbox/file-rules.ts';
import {
  type FollowedFiles,
  type FollowPorts,
  type FollowSettings,
  followFiles,
} from '../../cli/inbox/follow-files.ts';
import { VirtualClock } from '../../local/clock.ts';

export const SETTLE_MS = 3000;
export const RESCAN_MS = 30_000;
/** How long each recognition of an inbox in memory takes. */
export const RECOGNITION_MS = 5000;
const MAX_RUNNING = 2;

interface MemoryFile {
  readonly content: string;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

/** A recognition that was started in an inbox in memory. */
export interface StartedRecognition {
  readonly path: string;
  readonly content: string;
  /** Undefined after a crash or a change. */
  end?: string;
}

/**
 * An inbox in memory and in virtual time. Files whose content starts with `bad` fail. Each process
 * can crash at any time, and the next one finds what was stored.
 */
export class InboxWorld implements Disposable {
  readonly clock = new VirtualClock();
  readonly disk = new Map<string, MemoryFile>();
  /** Paths that cannot be opened now. */
  readonly locked = new Set<string>();
  readonly stored = new Map<string, string>();
  readonly started: StartedRecognition[] = [];
  /** Each as `path: content -> outcome`. */
  readonly ended: string[] = [];
  /** The contents that were moved, as `done/path: content` or `failed/path: content`. */
  readonly moved: string[] = [];
  readonly notes: string[] = [];
  /** Paths whose originals cannot be moved. */
  readonly immovable = new Set<string>();
  /** The pending timers of the process. */
  readonly timers = new Set<object>();
  readonly #violations: string[] = [];
  readonly #settings: FollowSettings;
  #process: { alive: boolean } = { alive: false };
  #files: FollowedFiles | undefined;
  #running = 0;

  constructor(settings: Partial<FollowSettings> = {}) {
    this.#settings = {
      settleMs: SETTLE_MS,
      rescanMs: RESCAN_MS,
      maxRunning: MAX_RUNNING,
      request: 'RecognizeImage',
      moves: { done: false, failed: false },
      ...settings,
    };
  }

  /** Starts a process. */
  start(settings: Partial<FollowSettings> = {}): void {
    const process = { alive: true };
    this.#process = process;
    this.#running = 0;
    this.timers.clear();
    this.#files = followFiles(this.#ports(process), { ...this.#settings, ...settings });
    this.#files.failure.catch((error) => this.#violations.push(`failed with ${error}`));
  }

  /** Ends the process without its cooperation. */
  crash(): void {
    this.#process.alive = false;
  }

  /** Checks the rules of every inbox, and ends its scans, which would keep virtual time running. */
  [Symbol.dispose](): void {
    this.crash();
    expect(this.#violations).toEqual([]);
  }

  /** Ends the process as Ctrl-C does. */
  async stop(): Promise<void> {
    await this.#files?.stop();
  }

  notice(path: string): void {
    this.#files?.notice(path);
  }

  write(path: string, content: string): void {
    const now = this.clock.now();
    this.disk.set(path, { content, modifiedMs: now, changedMs: now });
  }

  async pass(milliseconds: number): Promise<void> {
    await this.clock.sleep(milliseconds);
  }

  /** Waits until everything that was put into the inbox is at its end. */
  async passUntilQuiet(): Promise<void> {
    await this.pass(2 * RESCAN_MS + this.disk.size * (SETTLE_MS + 2 * RECOGNITION_MS));
  }

  record(path: string): FileRecord | undefined {
    const json = this.stored.get(path);
    return json === undefined ? undefined : JSON.parse(json);
  }

  #ports(process: { readonly alive: boolean }): FollowPorts {
    const { clock, disk } = this;
    /** A dead process sees no result. */
    const result = <T>(value: T): Promise<T> =>
      process.alive ? Promise.resolve(value) : new Promise(() => {});
    return {
      clock: {
        now: () => clock.now(),
        after: (milliseconds, callback) => {
          const timer = {};
          this.timers.add(timer);
          const cancel = clock.after(milliseconds, () => {
            this.timers.delete(timer);
            if (process.alive) callback();
          });
          return () => {
            this.timers.delete(timer);
            cancel();
          };
        },
      },
      folder: {
        check: (path) => result(this.#check(path)),
        hash: (path) => result(this.locked.has(path) ? undefined : disk.get(path)?.content),
        async *list() {
          for (const path of [...disk.keys()]) yield await result(path);
        },
      },
      records: {
        get: (path) => this.record(path),
        entries: () => [...this.stored].map(([path, json]) => [path, JSON.parse(json)] as const),
        put: (path, record) => void this.stored.set(path, JSON.stringify(record)),
        forget: (path) => void this.stored.delete(path),
      },
      recognize: async (path) => {
        const content = disk.get(path)?.content ?? '';
        const recognition: StartedRecognition = { path, content };
        this.started.push(recognition);
        this.#running += 1;
        if (this.#running > MAX_RUNNING) this.#violations.push(`${this.#running} files are running`);
        const ageMs = clock.now() - (disk.get(path)?.modifiedMs ?? 0);
        if (ageMs < SETTLE_MS) this.#violations.push(`${path} runs ${ageMs} ms after its last change`);
        await clock.sleep(RECOGNITION_MS);
        await result(undefined);
        this.#running -= 1;
        return { outcome: content.startsWith('bad') ? 'Failed' : 'Completed' };
      },
      move: async (path, done) => {
        await result(undefined);
        if (this.immovable.has(path)) throw new Error('EACCES');
        const content = disk.get(path)?.content;
        if (content === undefined) throw new Error('ENOENT');
        disk.delete(path);
        this.moved.push(`${done ? 'done' : 'failed'}/${path}: ${content}`);
      },
      onEnd: (path, { outcome }) => {
        const recognition = this.started.findLast((started) => started.path === path);
        if (recognition !== undefined) recognition.end = outcome;
        this.ended.push(`${path}: ${recognition?.content} -> ${outcome}`);
      },
      onNote: (path, note) => void this.notes.push(`${path} ${note}`),
    };
  }

  #check(path: string): FileCheck {
    const file = this.disk.get(path);
    if (file === undefined) return { kind: 'Absent' };
    const { content, modifiedMs, changedMs } = file;
    if (content === '') return { kind: 'NotReady' };
    return { kind: 'Present', version: { bytes: content.length, modifiedMs, changedMs } };
  }
}
