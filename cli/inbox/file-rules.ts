import type { RefusalReason } from '../../functions/contracts/image-record.ts';
import type { Reason } from '../../functions/contracts/outcomes.ts';

/** The rules of an inbox for one file, without I/O. Times are milliseconds of a steady clock. */

/** What changes when the content of a file changes. */
export interface FileVersion {
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Catches a replacement of the same size and age, such as one made by `cp -p`. */
  readonly changedMs: number;
}

/** What one check of a path found. */
export type FileCheck =
  | { readonly kind: 'Present'; readonly version: FileVersion }
  /** Nothing is there, or something that is not a file. */
  | { readonly kind: 'Absent' }
  /** A file that is empty or cannot be read yet. */
  | { readonly kind: 'NotReady' };

/** The state of a file that is not at its end yet. */
export type FileState =
  /** Waits until it has not changed for a while. */
  | { readonly kind: 'Settling'; readonly version: FileVersion | undefined; readonly sinceMs: number }
  /** Waits until fewer files are running. */
  | { readonly kind: 'Queued'; readonly version: FileVersion }
  | { readonly kind: 'Running'; readonly version: FileVersion };

/** The end of a file: done if its outcome is Completed, failed otherwise. */
export interface FileRecord {
  /** Hexadecimal digest of its content. */
  readonly sha256: string;
  readonly version: FileVersion;
  readonly outcome: string;
  /** Operation and settings, in any form that can be compared. */
  readonly request: string;
  /** Whether it failed for a reason that may be over at the next start. */
  readonly mayPass?: boolean | undefined;
}

/** Reasons that are not the file's own: of Aspose, of the account, or of this process. */
const PASSING_REASONS: readonly (RefusalReason | Reason | undefined)[] = [
  'UpstreamUnavailable',
  'UploadUnknown',
  'CredentialsRejected',
  'CredentialsUnreadable',
  'QuotaExceeded',
  'Cancelled',
  'InternalError',
];

/** Whether the next start should try the file again. */
export function mayPass(reason: string | undefined): boolean {
  return PASSING_REASONS.some((passing) => passing === reason);
}

/** What the rules need to know besides the file. */
export interface FileRules {
  readonly settleMs: number;
  /** The same form as in records. */
  readonly request: string;
}

/** Whether a file with this record was recognized successfully. */
export function isDone({ outcome }: Pick<FileRecord, 'outcome'>): boolean {
  return outcome === 'Completed';
}

/** Whether two checks found the same content, as far as that can be seen without reading it. */
export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  return one.bytes === other.bytes && one.modifiedMs === other.modifiedMs;
}

/** How a file ended before. */
export interface EarlierEnd {
  readonly record: FileRecord;
  /** Whether its original must be moved, so that finding the file again means work. */
  readonly mustMove: boolean;
}

/** Returns the state of a file after a check; undefined when there is nothing to do. */
export function stateAfterCheck(
  state: FileState | undefined,
  earlier: EarlierEnd | undefined,
  check: FileCheck,
  nowMs: number,
  rules: FileRules,
): FileState | undefined {
  // A run checks the file itself when it ends.
  if (state?.kind === 'Running') return state;
  if (check.kind === 'Absent') return undefined;
  if (check.kind === 'NotReady') return { kind: 'Settling', version: undefined, sinceMs: nowMs };
  const { version } = check;
  if (state?.version !== undefined && isSameVersion(state.version, version)) {
    if (state.kind === 'Queued' || nowMs - state.sinceMs < rules.settleMs) return state;
    return { kind: 'Queued', version };
  }
  if (state === undefined && earlier?.mustMove === false && isCovered(earlier.record, version, rules)) {
    return undefined;
  }
  return { kind: 'Settling', version, sinceMs: nowMs };
}

/** Whether a record makes reading the file unnecessary. */
function isCovered(record: FileRecord, version: FileVersion, rules: FileRules): boolean {
  const { changedMs } = record.version;
  return isSameVersion(record.version, version) && changedMs === version.changedMs && mayStay(record, rules);
}

/** Whether a record makes recognizing this content unnecessary. */
export function isKnownContent(record: FileRecord, sha256: string, rules: FileRules): boolean {
  return record.sha256 === sha256 && mayStay(record, rules);
}

/** A failed file is tried again with another operation or other settings. */
function mayStay(record: FileRecord, rules: FileRules): boolean {
  return isDone(record) || record.request === rules.request;
}
