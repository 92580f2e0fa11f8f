import { cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../../client/client.ts';
import { interruptAt, newDirectory, recall, runCommand, SAMPLES } from '../../support/run-command.ts';
import { type ServeProcess, startCommand, startServe } from '../../support/serve-process.ts';

const LETTER = join(SAMPLES, 'letter.png');

let serve: ServeProcess;
/** A task that is Completed, with a text and a PDF. */
let taskId: string;
beforeAll(async () => {
  serve = await startServe();
  const client = createClient({ apiUrl: serve.url });
  const task = await client.recognize(await readFile(LETTER), { settings: { resultType: 'TextAndPdf' } });
  taskId = task.taskId;
});
afterAll(async () => {
  await serve.interrupt();
});

/** Runs a command against `serve`, in a new directory. */
async function run(args: readonly string[], options: { readonly stopAt?: string; directory?: string } = {}) {
  const { stopAt, directory = await newDirectory() } = options;
  const result = await runCommand([...args, '--api', serve.url], {
    directory,
    ...(stopAt !== undefined && { onStderr: interruptAt(stopAt) }),
  });
  return { ...result, directory };
}

describe('recognize --api', () => {
  it('writes the documents and prints the outcome, as on this machine', async () => {
    const { status, stdout, directory } = await run(['recognize', LETTER, '--out', 'letter']);

    expect(status).toBe(0);
    expect(stdout).toMatch(/^letter\/0\.txt \(Text, \d+ bytes\):\n {4}Harbour Lane[\s\S]*\nCompleted after /);
    const text = await readFile(join(directory, 'letter', '0.txt'), 'utf8');
    expect(recall(text, await readFile(join(SAMPLES, 'letter.txt'), 'utf8'))).toBeGreaterThan(0.9);
  });

  it('prints one JSON document, without what the HTTP API does not have', async () => {
    const { stdout } = await run(['recognize', LETTER, '--json']);

    expect(JSON.parse(stdout)).toMatchObject({
      event: null,
      record: { outcome: 'Completed' },
      execution: { executionArn: expect.stringContaining(':execution:'), name: expect.any(String) },
      documents: [{ index: 0, path: '0.txt' }],
    });
  });

  it('cancels the task on Ctrl-C, and exits with status 1', async () => {
    const { status, stdout } = await run(['recognize', LETTER], { stopAt: 'waiting for the end' });

    expect(stdout).toMatch(/^Cancelled after /);
    expect(status).toBe(1);
  });

  it('says why an image was refused', async () => {
    const directory = await newDirectory();
    const broken = join(directory, 'broken.png');
    await writeFile(broken, (await readFile(LETTER)).subarray(0, 2000));

    const { status, stdout } = await run(['recognize', broken]);

    expect(stdout).toMatch(/^(Failed \(RecognitionError\)|Refused \(\w+\)) after /);
    expect(status).toBe(1);
  });
});

describe('collect --api', () => {
  it('returns the result of a task that was collected before', async () => {
    const { status, stdout } = await run(['collect', taskId, '--out', 'task']);

    expect(stdout).toContain('\nCompleted after ');
    expect(status).toBe(0);
  });
});

describe('list, show, download and cancel', () => {
  it('list prints one line for each task, or JSON', async () => {
    const lines = await run(['list', '--status', 'Completed', '--limit', '1']);
    const json = await run(['list', '--json', '--limit', '2']);

    expect(lines.stdout).toMatch(/^\S+Z {2}Completed {3}RecognizeImage {2}[\w-]{36}(?: {2}\S+)?\n$/);
    expect(JSON.parse(json.stdout)).toHaveLength(2);
  });

  it('show prints the record', async () => {
    const { stdout } = await run(['show', taskId]);

    expect(JSON.parse(stdout)).toMatchObject({ taskId, outcome: 'Completed' });
  });

  it('download writes every document', async () => {
    const { status, directory } = await run(['download', taskId]);

    expect(await readdir(join(directory, 'out', taskId))).toEqual(['0.txt', '1.pdf', 'manifest.json']);
    expect(status).toBe(0);
  });

  it('cancel says that a task has ended, and exits with status 1', async () => {
    expect(await run(['cancel', taskId])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^ocr-courier: taskId: \S+ has ended as Completed; .*\n$/),
    });
  });

  it('say that there is no such task, and exit with status 1', async () => {
    for (const command of ['show', 'download', 'cancel']) {
      expect(await run([command, 'never-seen'])).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('ocr-courier: taskId: there is no task never-seen'),
      });
    }
  });
});

describe('batch --api', () => {
  it('collects a list, and copies results and documents', async () => {
    const directory = await newDirectory();
    await writeFile(join(directory, 'ids.txt'), `${taskId}\nunknown\n`);

    const { status, stdout } = await run(['batch', 'ids.txt', '--out', 'done'], { directory });

    expect(stdout).toMatch(/\n {2}Completed +1\n/);
    expect(stdout).toMatch(
      /To collect again what is not Completed: npm start -- batch --retry batch-\S+ --api/,
    );
    expect(await readdir(join(directory, 'done'))).toEqual([
      taskId,
      'results.csv',
      'results.jsonl',
      'summary.json',
    ]);
    expect(status).toBe(1);
  });

  it('leaves the batch running on Ctrl-C, and continues it with --resume', async () => {
    const directory = await newDirectory();
    await writeFile(join(directory, 'ids.txt'), 'unknown-1\nunknown-2\n');

    const stopped = await run(['batch', 'ids.txt'], { directory, stopAt: 'batch ID' });
    const [, batchId = ''] = /batch ID: (\S+)/.exec(stopped.stderr) ?? [];
    const resumed = await run(['batch', '--resume', batchId, '--json'], { directory });

    expect(stopped.stderr).toContain(
      `to continue: npm start -- batch --resume ${batchId} --api ${serve.url}`,
    );
    expect(stopped.status).toBe(130);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ batchId, total: 2, counts: { NotFound: 2 } });
  });

  it('recognizes a folder, and says which files were refused', async () => {
    const directory = await newDirectory();
    await mkdir(join(directory, 'scans', 'sub'), { recursive: true });
    await cp(LETTER, join(directory, 'scans', 'sub', 'letter.png'));
    await writeFile(join(directory, 'scans', 'notes.txt'), 'text');

    const { status, stdout } = await run(
      ['batch', '--images', 'scans', '--out', 'done', '--csv', 'all.csv'],
      {
        directory,
      },
    );

    expect(stdout).toMatch(/\n {2}Completed +1\n/);
    expect(stdout).toMatch(/\n {2}Refused \(NotAnImage\) +1\n/);
    expect(await readdir(join(directory, 'done', 'sub', 'letter.png'))).toEqual(['0.txt', 'manifest.json']);
    expect(await readFile(join(directory, 'all.csv'), 'utf8')).toMatch(
      /\r\n0,.*Refused,NotAnImage,notes\.txt/,
    );
    expect(status).toBe(1);
  });

  it('goes on after a file that cannot be read', async () => {
    const directory = await newDirectory();
    await mkdir(join(directory, 'scans'));
    await cp(LETTER, join(directory, 'scans', 'letter.png'));
    // Node.js reads at most 2 GiB at once. The file is sparse.
    await writeFile(join(directory, 'scans', 'huge.png'), '');
    await truncate(join(directory, 'scans', 'huge.png'), 3 * 1024 ** 3);

    const { status, stdout } = await run(['batch', '--images', 'scans', '--out', 'done'], { directory });

    expect(stdout).toMatch(/\n {2}Completed +1\n/);
    expect(stdout).toMatch(/\n {2}Refused \(SourceUnreadable\) +1\n/);
    expect(status).toBe(1);
  });
});

it('inbox --api recognizes what is put into the folder, until Ctrl-C', async () => {
  const directory = await newDirectory();
  const inbox = join(directory, 'in');
  await mkdir(inbox);
  await cp(LETTER, join(inbox, 'letter.png'));
  const out = join(directory, 'out');

  await using command = await startCommand(
    ['inbox', inbox, '--out', out, '--settle', '0.1', '--api', serve.url],
    'letter.png -> ',
  );

  expect(command.lines).toEqual(['letter.png -> Completed']);
  expect(await readdir(join(out, 'letter.png'))).toEqual(['0.txt', 'manifest.json']);
  expect(await command.interrupt()).toBe(0);
});
