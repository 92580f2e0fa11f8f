import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import {
  DEFAULT_OPERATION,
  isOperationName,
  OPERATION_NAMES,
  type OperationName,
} from '../../functions/contracts/operations.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { errorCode } from '../error-code.ts';
import { parseSettings } from '../parse-settings.ts';
import { isIgnoredPath } from './ignored-path.ts';

/** The options of `inbox`, as given. */
export interface InboxOptions {
  readonly operation?: string;
  /** Each is `name=value`. */
  readonly setting?: readonly string[];
  readonly out?: string;
  readonly afterwards?: string;
  /** A directory. */
  readonly failed?: string;
  /** Seconds. */
  readonly settle?: string;
}

/** The checked options of `inbox`. Paths are absolute, without symbolic links. */
export interface InboxPlan {
  readonly inbox: string;
  readonly out: string;
  readonly failed: string | undefined;
  readonly moveDone: boolean;
  readonly operation: OperationName;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly settleMs: number;
}

/**
 * Reads the settings of an operation from their texts.
 *
 * @throws InvalidInput naming the setting
 */
export type ReadInboxSettings = (
  operation: OperationName,
  texts: Readonly<Record<string, string>>,
) => Readonly<Record<string, unknown>>;

const DEFAULT_OUT = 'out/inbox';
const DEFAULT_SETTLE_SECONDS = '3';
const MIN_SETTLE_SECONDS = 0.1;
const MAX_SETTLE_SECONDS = 3600;

/**
 * Checks everything that can be checked before the inbox is opened.
 *
 * @param base of relative paths
 * @throws InvalidInput naming the option
 */
export async function planInbox(
  directory: string,
  options: InboxOptions,
  base: string,
  readSettings: ReadInboxSettings,
): Promise<InboxPlan> {
  const { operation = DEFAULT_OPERATION, afterwards = 'keep', settle = DEFAULT_SETTLE_SECONDS } = options;
  if (!isOperationName(operation)) {
    throw new InvalidInput('operation', `'${operation}'`, OPERATION_NAMES.join(', '));
  }
  if (afterwards !== 'keep' && afterwards !== 'move') {
    throw new InvalidInput('afterwards', `'${afterwards}'`, 'keep, move');
  }
  const settleMs = parseSettle(settle) * 1000;
  const settings = readSettings(operation, parseSettings(options.setting ?? []));
  const inbox = await findDirectory('dir', directory, base);
  const out = await placeOutside(inbox, 'out', options.out ?? DEFAULT_OUT, base);
  const failed =
    options.failed === undefined ? undefined : await placeOutside(inbox, 'failed', options.failed, base);
  if (failed === out) {
    throw new InvalidInput(
      'failed',
      `'${options.failed}', which is the directory of --out`,
      'another directory',
    );
  }
  return { inbox, out, failed, moveDone: afterwards === 'move', operation, settings, settleMs };
}

function parseSettle(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= MIN_SETTLE_SECONDS && seconds <= MAX_SETTLE_SECONDS) return seconds;
  throw new InvalidInput(
    'settle',
    `'${text}'`,
    `seconds from ${MIN_SETTLE_SECONDS} to ${MAX_SETTLE_SECONDS}`,
  );
}

/**
 * Returns the absolute path of a directory that exists.
 *
 * @param field names the argument or option in error messages
 * @throws InvalidInput
 */
export async function findDirectory(field: string, directory: string, base: string): Promise<string> {
  const refuse = (problem: string) =>
    new InvalidInput(field, `'${directory}', which ${problem}`, 'a directory that exists');
  // An empty argument would mean the current directory.
  if (directory === '') throw new InvalidInput(field, "''", 'a directory that exists');
  try {
    const path = await realpath(resolve(base, directory));
    if ((await stat(path)).isDirectory()) return path;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw refuse(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`);
  }
  throw refuse('is a file');
}

/** Otherwise, each document would be a new file in the inbox. */
async function placeOutside(inbox: string, field: string, directory: string, base: string): Promise<string> {
  const path = await resolveLinks(resolve(base, directory));
  const below = relative(inbox, path);
  const refuse = (problem: string) =>
    new InvalidInput(field, `'${directory}', which ${problem}`, 'a directory outside the watched one');
  if (isWithin(inbox, path) && (below === '' || !isIgnoredPath(below))) {
    throw refuse('lies in the watched directory');
  }
  if (isWithin(path, inbox)) throw refuse('contains the watched directory');
  return path;
}

/** Whether a path is the ancestor, or lies in it. Both are absolute. */
export function isWithin(ancestor: string, path: string): boolean {
  return path === ancestor || path.startsWith(ancestor.endsWith(sep) ? ancestor : ancestor + sep);
}

/** Resolves the symbolic links of a path that may not exist yet. */
export async function resolveLinks(path: string): Promise<string> {
  const parent = dirname(path);
  const resolved = await realpath(path).catch(() => undefined);
  // What cannot be resolved is reported when the directory is created.
  return resolved ?? (parent === path ? path : join(await resolveLinks(parent), basename(path)));
}
