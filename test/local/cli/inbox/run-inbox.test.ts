import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StatementSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { FSWatcher } from 'chokidar';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CommandError } from '../../../../cli/command-errors.ts';
import type { InboxOptions } from '../../../../cli/inbox/inbox-plan.ts';
import type { FileRecognition, RecognizeFile } from '../../../../cli/inbox/recognize-port.ts';
import { runInbox } from '../../../../cli/run-inbox.ts';
import { InvalidInput } from '../../../../functions/core/invalid-input.ts';
import { temporaryDirectory } from '../../../support/data-fixture.ts';
import { recognizePngText } from '../../../support/inbox-process.ts';
import { commandEnvironment, runCommand } from '../../../support/run-command.ts';
import { UNTIL_TEST_HANGS } from '../../../support/until.ts';

const INBOX_PROCESS = join(import.meta.dirname, '..', '..', '..', 'support', 'inbox-process.ts');

let stdout: string[];
let stderr: string[];
beforeEach(() => {
  stdout = [];
  stderr = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => stdout.push(String(text).trimEnd()) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => stderr.push(String(text).trimEnd()) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Creates a directory with an empty folder `in`. */
async function newInbox(): Promise<string> {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'in'));
  return directory;
}

async function put(directory: string, path: string, content = 'PNG'): Promise<void> {
  const target = join(directory, 'in', path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}

/** Starts an inbox in this process. */
function startInbox(directory: string, options: InboxOptions = {}, recognize = recognizePngText) {
  const abort = new AbortController();
  const recognized: FileRecognition[] = [];
  const counting: RecognizeFile = async (file, outDirectory) => {
    recognized.push(file);
    return await recognize(file, outDirectory);
  };
  const progress = { doing() {}, polled() {}, counted() {}, end() {} };
  const ended = runInbox(
    'in',
    { out: 'out', settle: '0.1', ...options },
    { directory, progress, cancelled: abort.signal },
    counting,
    (_, texts) => texts,
  );
  ended.catch(() => {});
  return {
    recognized,
    ended,
    abort: () => abort.abort(),
    /** Ends it when this many lines were printed. */
    async endAfter(lines: number): Promise<number> {
      await vi.waitFor(() => expect(stdout).toHaveLength(lines), UNTIL_TEST_HANGS);
      abort.abort();
      return await ended;
    },
  };
}

/** Starts an inbox whose Ctrl-C arrives first. */
function startAndAbort(directory: string): Promise<number> {
  const inbox = startInbox(directory);
  inbox.abort();
  return inbox.ended;
}

it('recognizes each file that is put into the folder, and repeats none after a restart', async () => {
  const directory = await newInbox();
  const inbox = startInbox(directory);
  await vi.waitFor(() => expect(stderr.join()).toContain('watching'), UNTIL_TEST_HANGS);
  await put(directory, 'halves.png', 'PN');
  await put(directory, 'upper.PNG');
  await put(directory, 'equal.png');
  await put(directory, 'notes.txt', 'text');
  await put(directory, 'Straße 1/über uns.png');
  await appendFile(join(directory, 'in', 'halves.png'), 'G');
  const status = await inbox.endAfter(5);

  const lines = [
    'Straße 1/über uns.png -> Completed',
    'equal.png -> Completed',
    'halves.png -> Completed',
    'notes.txt -> Refused (NotAnImage): not an image',
    'upper.PNG -> Completed',
  ];
  expect(stdout.toSorted()).toEqual(lines);
  expect(status).toBe(0);
  for (const name of ['halves.png', 'upper.PNG', 'equal.png', 'Straße 1/über uns.png']) {
    expect(existsSync(join(directory, 'out', name, 'manifest.json'))).toBe(true);
  }
  expect(inbox.recognized).toContainEqual({
    path: join(directory, 'in', 'upper.PNG'),
    relativePath: 'upper.PNG',
    operation: 'RecognizeImage',
    settings: {},
  });

  const restarted = startInbox(directory);
  await put(directory, 'last.png');
  await restarted.endAfter(6);

  expect(restarted.recognized.map(({ relativePath }) => relativePath)).toEqual(['last.png']);
});

it('recognizes what is there when it starts, except ignored files and symbolic links', async () => {
  const directory = await newInbox();
  const ignored = ['.hidden.png', '.git/a.png', '~$a.docx', 'a.TMP', 'b.part', 'c.crdownload', 'THUMBS.DB'];
  for (const path of [...ignored, 'deep/er/a.png']) await put(directory, path);
  await writeFile(join(directory, 'outside.png'), 'PNG');
  await symlink(join(directory, 'outside.png'), join(directory, 'in', 'link.png'));
  await symlink(directory, join(directory, 'in', 'folder'));

  const inbox = startInbox(directory);
  await inbox.endAfter(1);

  expect(inbox.recognized.map(({ relativePath }) => relativePath)).toEqual([join('deep', 'er', 'a.png')]);
});

it('finds files by its scan when the system sends no events, and says so once', async () => {
  const directory = await newInbox();
  await put(directory, 'a.png');
  vi.spyOn(FSWatcher.prototype, 'add').mockImplementation(function (this: FSWatcher) {
    const error = Object.assign(new Error('no watches'), { code: 'ENOSPC' });
    for (const _ of ['a.png', 'b.png']) queueMicrotask(() => this.emit('error', error));
    return this;
  });

  await startInbox(directory).endAfter(1);

  expect(stdout).toEqual(['a.png -> Completed']);
  expect(stderr).toContain(
    'ocr-courier: some events are missing (ENOSPC); a scan every 30 s finds the files',
  );
});

it('says once which file and folder cannot be read, and goes on', async () => {
  const directory = await newInbox();
  await writeFile(Buffer.from(`${directory}/in/\xff.png`, 'latin1'), 'PNG');
  await put(directory, 'a.png');

  await startInbox(directory).endAfter(1);

  const notes = stderr.filter((line) => line.includes('cannot be read'));
  expect(notes).toEqual([
    'ocr-courier: \uFFFD.png cannot be read (its name is not UTF-8); it is checked again and again',
  ]);
});

it('passes operation and settings on, as they are read from their texts', async () => {
  const directory = await newInbox();
  await put(directory, 'a.png');

  const inbox = startInbox(directory, {
    operation: 'RecognizeTable',
    setting: ['language=German', 'note=a=b'],
  });
  await inbox.endAfter(1);

  expect(inbox.recognized).toMatchObject([
    { operation: 'RecognizeTable', settings: { language: 'German', note: 'a=b' } },
  ]);
});

it('reports each failure in one line, and goes on', async () => {
  const directory = await newInbox();
  for (const name of ['broken', 'command', 'defect', 'errno', 'input', 'ok']) await put(directory, name);
  await put(directory, 'broken', 'PNG broken');
  await put(directory, 'new\nline\u001b[31m');
  const errors: Readonly<Record<string, Error>> = {
    command: new CommandError('Aspose sent HTTP 500'),
    defect: new Error('secret text'),
    errno: Object.assign(new Error('secret path'), { code: 'ENOSPC' }),
    input: new InvalidInput('file', 'other content', 'an image'),
  };

  const inbox = startInbox(directory, {}, async (file, out) => {
    const error = errors[file.relativePath];
    if (error !== undefined) throw error;
    return await recognizePngText(file, out);
  });
  await inbox.endAfter(7);

  expect(stdout.toSorted()).toEqual([
    'broken -> Failed (RecognitionError)',
    'command -> Failed: Aspose sent HTTP 500',
    'defect -> Failed (InternalError): Error at an unknown position',
    'errno -> Failed (InternalError): ENOSPC',
    'input -> Refused: file: got other content; allowed: an image',
    'new·line·[31m -> Completed',
    'ok -> Completed',
  ]);
});

it('finishes on Ctrl-C what is running, and says how many files that are', async () => {
  const directory = await newInbox();
  await put(directory, 'a.png');
  const release = Promise.withResolvers<void>();

  const inbox = startInbox(directory, {}, async (file, out) => {
    await release.promise;
    return await recognizePngText(file, out);
  });
  await vi.waitFor(() => expect(inbox.recognized).toHaveLength(1), UNTIL_TEST_HANGS);
  inbox.abort();
  await vi.waitFor(() => expect(stderr.join()).toContain('finishing 1 file;'), UNTIL_TEST_HANGS);
  release.resolve();

  expect(await inbox.ended).toBe(0);
  expect(stdout).toEqual(['a.png -> Completed']);
});

it('moves originals next to their documents, and failed ones to --failed, replacing none', async () => {
  const directory = await newInbox();
  const options = { afterwards: 'move', failed: 'failed' };
  await put(directory, 'sub/a.png', 'PNG 1');
  await put(directory, 'sub/notes.txt', 'text 1');
  await startInbox(directory, options).endAfter(2);
  await put(directory, 'sub/a.png', 'PNG 2');
  await put(directory, 'sub/notes.txt', 'text 2');
  await startInbox(directory, options).endAfter(4);

  const read = (...path: string[]) => readFile(join(directory, ...path), 'utf8');
  expect(await readdir(join(directory, 'in', 'sub'))).toEqual([]);
  expect(await read('out', 'sub', 'a.png', 'original', 'a.png')).toBe('PNG 1');
  expect(await read('out', 'sub', 'a.png', 'original', 'a-2.png')).toBe('PNG 2');
  expect(await read('failed', 'sub', 'notes.txt')).toBe('text 1');
  expect(await read('failed', 'sub', 'notes-2.txt')).toBe('text 2');
});

it('says which original cannot be moved, and leaves it in place', async () => {
  const directory = await newInbox();
  await put(directory, 'a.png');
  await mkdir(join(directory, 'out', 'a.png'), { recursive: true });
  await writeFile(join(directory, 'out', 'a.png', 'original'), 'a file');

  await startInbox(directory, { afterwards: 'move' }).endAfter(1);

  expect(stderr.join('\n')).toMatch(/a\.png could not be moved: (?:EEXIST|ENOTDIR)/);
  expect(existsSync(join(directory, 'in', 'a.png'))).toBe(true);
});

it('refuses a second process on the same --out', async () => {
  const directory = await newInbox();
  const first = startInbox(directory);
  await vi.waitFor(() => expect(stderr.join()).toContain('watching'), UNTIL_TEST_HANGS);

  await expect(startInbox(directory).ended).rejects.toThrow(
    "out: got 'out', whose folder .ocr-courier-inbox another run is using; allowed: a directory that",
  );
  first.abort();
  await first.ended;
});

it('refuses the --out of another inbox', async () => {
  const directory = await newInbox();
  await put(directory, 'a.png');
  await startInbox(directory).endAfter(1);
  const other = await newInbox();

  await expect(startInbox(other, { out: join(directory, 'out') }).ended).rejects.toThrow(
    'belongs to another inbox',
  );
  expect(await startInbox(directory).endAfter(1)).toBe(0);
});

it('refuses --failed and --out that cannot be written', async () => {
  const directory = await newInbox();
  await writeFile(join(directory, 'file'), '');

  await expect(startInbox(directory, { failed: 'file/failed' }).ended).rejects.toThrow(
    /^failed: got '.*failed', which cannot be created \(ENOTDIR\); allowed: a writable directory/,
  );
  await expect(startInbox(directory, { out: 'file' }).ended).rejects.toThrow(
    "out: got 'file', whose folder .ocr-courier-inbox is a file, or lies below one",
  );
  await startAndAbort(directory);
  await rm(join(directory, 'out', '.ocr-courier-inbox', 'README.txt'));
  await mkdir(join(directory, 'out', '.ocr-courier-inbox', 'README.txt'));
  await expect(startInbox(directory).ended).rejects.toThrow(
    'whose folder .ocr-courier-inbox cannot be written (EISDIR)',
  );
});

it('ends at once when Ctrl-C arrived before it started', async () => {
  const directory = await newInbox();
  await put(directory, 'a.png');

  expect(await startAndAbort(directory)).toBe(0);
  expect({ stdout, stderr }).toEqual({ stdout: [], stderr: [] });
});

it.each<[string, (file: string) => Promise<void>]>([
  ['overwritten', (file) => writeFile(file, 'no database'.repeat(1000))],
  ['cut', (file) => truncate(file, 5000)],
  ['empty', (file) => truncate(file)],
  ['missing', (file) => rm(file)],
])('refuses a state file that is %s, and recognizes nothing', async (_, damage) => {
  const directory = await newInbox();
  await put(directory, 'a.png');
  await startInbox(directory).endAfter(1);
  await damage(join(directory, 'out', '.ocr-courier-inbox', 'ocr-courier.sqlite'));

  const damaged = startInbox(directory);

  await expect(damaged.ended).rejects.toThrow(/^out: got 'out', whose folder \.ocr-courier-inbox [^\n]*$/);
  await expect(damaged.ended).rejects.toBeInstanceOf(InvalidInput);
  expect(damaged.recognized).toEqual([]);
});

function fillStateDisk(): void {
  vi.spyOn(StatementSync.prototype, 'run').mockImplementation(() => {
    throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
  });
}

it('ends with one message when its state cannot be stored', async () => {
  const directory = await newInbox();
  const inbox = startInbox(directory);
  await vi.waitFor(() => expect(stderr.join()).toContain('watching'), UNTIL_TEST_HANGS);
  fillStateDisk();
  await put(directory, 'a.png');

  await expect(inbox.ended).rejects.toThrow(/^The state of the inbox in '.*out' .*: it is on a full disk$/);
  await expect(inbox.ended).rejects.toBeInstanceOf(CommandError);
});

it('also fails when the state of the last file cannot be stored after Ctrl-C', async () => {
  const directory = await newInbox();
  await put(directory, 'a.png');
  const inbox = startInbox(directory, {}, async () => {
    fillStateDisk();
    inbox.abort();
    return { outcome: 'Completed' };
  });

  await expect(inbox.ended).rejects.toThrow('it is on a full disk');
});

/** Waits until a stream has these words. */
async function hasPrinted(stream: Readable, words: string): Promise<void> {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.includes(words)) return;
  }
  throw new Error(`got ${text}; allowed: ${words}`);
}

it('tries only what was running again after the process was killed', async () => {
  const directory = await newInbox();
  await put(directory, 'done.png');
  await put(directory, 'running.png', 'PNG slow');

  const child = spawn(process.execPath, [INBOX_PROCESS], { cwd: directory, env: commandEnvironment() });
  await Promise.all([
    hasPrinted(child.stdout, 'done.png -> Completed'),
    hasPrinted(child.stderr, 'recognizing running.png'),
  ]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const restarted = startInbox(directory, {}, async () => ({ outcome: 'Completed' }));
  await restarted.endAfter(1);

  expect(restarted.recognized.map(({ relativePath }) => relativePath)).toEqual(['running.png']);
});

it('ends with status 0 on SIGINT', async () => {
  const directory = await newInbox();

  const { status, stdout: printed } = await runCommand([], {
    program: INBOX_PROCESS,
    directory,
    onStderr: (text, kill) => void (text.includes('watching') && kill('SIGINT')),
  });

  expect({ status, printed }).toEqual({ status: 0, printed: '' });
});
