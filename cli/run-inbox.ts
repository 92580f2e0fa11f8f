import { once } from 'node:events';
import { basename, join } from 'node:path';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import { printable } from '../functions/core/printable.ts';
import { CommandError, UsageError } from './command-errors.ts';
import { createDirectory } from './create-directory.ts';
import { asDataDirectoryError } from './data-directory.ts';
import { describeFault } from './describe-fault.ts';
import { errorCode } from './error-code.ts';
import { type FileRecords, openFileRecords, STATE_FOLDER } from './inbox/file-records.ts';
import { type FollowPorts, followFiles } from './inbox/follow-files.ts';
import { openInboxFolder } from './inbox/inbox-folder.ts';
import { type InboxOptions, type InboxPlan, planInbox, type ReadInboxSettings } from './inbox/inbox-plan.ts';
import { moveOriginal } from './inbox/move-original.ts';
import { outcomeLine } from './inbox/outcome-line.ts';
import type { RecognitionEnd, RecognizeFile } from './inbox/recognize-port.ts';
import { watchFolder } from './inbox/watch-folder.ts';
import type { CommandContext } from './output-options.ts';

/** Recognitions wait for Aspose most of the time; more of them would need more memory. */
const MAX_RUNNING = 4;

/** Finds what no event reported, such as files on a network share. */
const RESCAN_SECONDS = 30;

/** Folder of a moved original, next to its documents, whose names it cannot collide with. */
const ORIGINAL_FOLDER = 'original';

/**
 * Watches a folder, and recognizes each file that is put there, until Ctrl-C. Prints one line per
 * file to stdout.
 *
 * @returns the exit status
 * @throws InvalidInput before anything is started, CommandError when its state cannot be stored
 */
export async function runInbox(
  directory: string,
  options: InboxOptions,
  context: Pick<CommandContext, 'directory' | 'progress' | 'cancelled'>,
  recognize: RecognizeFile,
  readSettings: ReadInboxSettings,
): Promise<number> {
  const plan = await planInbox(directory, options, context.directory, readSettings);
  makeDirectory('failed', plan.failed);
  using records = openRecords(plan, options.out);
  try {
    await followUntilCancelled(plan, records, context, recognize);
  } catch (error) {
    const reason = asDataDirectoryError(error)?.message;
    if (reason === undefined) throw error;
    throw new CommandError(`The state of the inbox in '${plan.out}' could not be stored: it ${reason}`);
  }
  return 0;
}

function makeDirectory(field: string, path: string | undefined): void {
  if (path === undefined) return;
  try {
    createDirectory(path);
  } catch (error) {
    const got = `'${path}', which cannot be created (${errorCode(error) ?? error})`;
    throw new InvalidInput(field, got, 'a writable directory, or a new one');
  }
}

function openRecords({ inbox, out }: InboxPlan, shownOut = out): FileRecords & Disposable {
  try {
    return openFileRecords(out, inbox);
  } catch (error) {
    const code = errorCode(error);
    const reason = asDataDirectoryError(error)?.message ?? (code && `cannot be written (${code})`);
    if (reason === undefined) throw error;
    throw new InvalidInput(
      'out',
      `'${shownOut}', whose folder ${STATE_FOLDER} ${reason}`,
      'a directory that this inbox uses alone; to recognize everything again, delete that folder',
    );
  }
}

async function followUntilCancelled(
  plan: InboxPlan,
  records: FileRecords,
  { progress, cancelled }: Pick<CommandContext, 'progress' | 'cancelled'>,
  recognize: RecognizeFile,
): Promise<void> {
  const { inbox, out, failed, moveDone, operation, settings, settleMs } = plan;
  const note = createNotes(progress);
  const folder = openInboxFolder(inbox, (path, code) => {
    note(`${path || inbox} cannot be read (${code}); it is checked again and again`);
  });
  const ports: FollowPorts = {
    folder,
    records,
    clock: {
      now: () => performance.now(),
      after(milliseconds, callback) {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      },
    },
    async recognize(relativePath) {
      progress.doing(`recognizing ${relativePath}`);
      const file = { path: join(inbox, relativePath), relativePath, operation, settings };
      return await recognize(file, join(out, relativePath)).catch(describeFailure);
    },
    move: (path, done) => {
      const target = done ? join(out, path, ORIGINAL_FOLDER, basename(path)) : join(failed ?? out, path);
      return moveOriginal(join(inbox, path), target);
    },
    onEnd(path, end) {
      progress.end();
      process.stdout.write(`${outcomeLine(path, end)}\n`);
    },
    onNote: (path, text) =>
      note(typeof text === 'string' ? `${path} ${text}` : `${path} could not be moved: ${describe(text)}`),
  };
  const moves = { done: moveDone, failed: failed !== undefined };
  const request = JSON.stringify([operation, Object.entries(settings).toSorted()]);
  if (cancelled.aborted) return;
  const files = followFiles(ports, {
    request,
    settleMs,
    moves,
    maxRunning: MAX_RUNNING,
    rescanMs: RESCAN_SECONDS * 1000,
  });
  await using watching = new AsyncDisposableStack();
  watching.use(
    watchFolder(inbox, files.notice, (error) =>
      note(`some events are missing (${errorCode(error)}); a scan every ${RESCAN_SECONDS} s finds the files`),
    ),
  );
  note(`watching ${inbox}; documents go to ${out}; Ctrl-C ends`);
  try {
    await Promise.race([once(cancelled, 'abort'), files.failure]);
    const count = files.running();
    if (count > 0) note(`finishing ${count} ${count === 1 ? 'file' : 'files'}; Ctrl-C again ends at once`);
  } finally {
    await files.stop();
    progress.end();
  }
  // The last files may have ended without a stored record.
  await Promise.race([files.failure, undefined]);
}

/** @returns a function that prints a line to stderr, unless it has printed the same line before */
function createNotes(progress: CommandContext['progress']): (text: string) => void {
  const printed = new Set<string>();
  return (text) => {
    if (printed.has(text)) return;
    printed.add(text);
    progress.end();
    process.stderr.write(`ocr-courier: ${printable(text)}\n`);
  };
}

/** A file that fails in an unexpected way must not end the inbox. */
function describeFailure(error: unknown): RecognitionEnd {
  const message = describe(error);
  if (error instanceof InvalidInput || error instanceof UsageError) return { outcome: 'Refused', message };
  if (error instanceof CommandError) return { outcome: 'Failed', message };
  return { outcome: 'Failed', reason: 'InternalError', message };
}

/** The message of an unexpected error may quote a document. */
function describe(error: unknown): string {
  if (error instanceof InvalidInput || error instanceof UsageError || error instanceof CommandError) {
    return error.message;
  }
  return errorCode(error) ?? describeFault(error);
}
