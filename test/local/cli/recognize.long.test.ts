import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { expect, it } from 'vitest';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { onItsSide } from '../../support/images.ts';
import {
  asposeEnvironment,
  interruptAt,
  newDirectory,
  recall,
  runCommand,
  SAMPLES,
  words,
} from '../../support/run-command.ts';

const sample = (name: string) => join(SAMPLES, name);
const truth = (name: string) => readFile(sample(name), 'utf8');

it.concurrent('collects the text of a page without errors', async () => {
  const directory = await newDirectory();

  const { status, stdout } = await runCommand(['recognize', sample('letter.png'), '--json', '--out', 'o'], {
    directory,
  });

  const { event, record, documents } = JSON.parse(stdout);
  expect(status).toBe(0);
  expect(documents).toHaveLength(1);
  expect(
    recall(await readFile(join(directory, 'o', documents[0].path), 'utf8'), await truth('letter.txt')),
  ).toBeGreaterThan(0.95);
  expect(record.submittedAt).toBeDefined();
  expect(event.detail).toMatchObject({ outcome: 'Completed', trial: false, operation: 'RecognizeImage' });
});

it.concurrent('recognizes regions separately, in the given order', async () => {
  const directory = await newDirectory();
  const fields: { rect: Record<string, number>; text: string }[] = JSON.parse(
    await truth('form.regions.json'),
  );
  const given = fields.slice(0, 3).reverse();
  const regions = given.flatMap(({ rect }) => [
    '--region',
    [rect['topLeftX'], rect['topLeftY'], rect['bottomRightX'], rect['bottomRightY']].join(','),
  ]);

  const args = [
    'recognize',
    sample('form.png'),
    '--operation',
    'RecognizeRegions',
    ...regions,
    '--json',
    '--out',
    'o',
  ];
  const { stdout } = await runCommand(args, { directory });

  const { documents } = JSON.parse(stdout);
  const texts = await Promise.all(
    documents.map(({ path }: { path: string }) => readFile(join(directory, 'o', path), 'utf8')),
  );
  expect(texts.map(words)).toEqual(given.map(({ text }) => words(text)));
});

it.concurrent('takes regions of the upright image for an image that is stored on its side', async () => {
  const directory = await newDirectory();
  const image = await onItsSide(await readFile(sample('letter.png')), 'tiff');
  await writeFile(join(directory, 'tall.tiff'), image);

  const args = ['recognize', 'tall.tiff', '--region', '0,0,1240,300'];
  const { status, stdout } = await runCommand(args, { directory });

  expect(stdout).toContain('    Harbour Lane 14, 3 March 2026\n');
  expect(status).toBe(0);
});

it.concurrent('collects a text and a valid searchable PDF', async () => {
  const directory = await newDirectory();

  const args = ['recognize', sample('letter.png'), '--result-type', 'TextAndPdf', '--json', '--out', 'o'];
  const { stdout } = await runCommand(args, { directory });

  const { documents } = JSON.parse(stdout);
  expect(documents.map(({ type, path }: Record<string, string>) => [type, path])).toEqual([
    ['Text', '0.txt'],
    ['Pdf', '1.pdf'],
  ]);
  const pdf = await PDFDocument.load(await readFile(join(directory, 'o', '1.pdf')));
  expect(pdf.getPageCount()).toBe(1);
});

it.concurrent('masks words with --trial, and marks the task as trial', async () => {
  const directory = await newDirectory();

  const { stdout } = await runCommand(
    ['recognize', sample('letter.png'), '--trial', '--json', '--out', 'o'],
    { directory },
  );

  const { event } = JSON.parse(stdout);
  const text = await readFile(join(directory, 'o', '0.txt'), 'utf8');
  expect(event.detail).toMatchObject({ trial: true, operation: 'RecognizeImageTrial' });
  expect(text.match(/\*+/g)?.length).toBe(Math.floor(words(await truth('letter.txt')).length / 10));
});

it.concurrent.each([
  ['before the upload', 'uploading letter.png'],
  ['while the task is polled', 'poll 1'],
])('ends as Cancelled when Ctrl-C arrives %s', async (_when, shown) => {
  await using aspose = await startAsposeSimulator({
    recognizer: fakeRecognizer(),
    timeline: { pendingSeconds: 600, processingSeconds: 600 },
  });

  const { status, stdout } = await runCommand(['recognize', sample('letter.png')], {
    environment: asposeEnvironment(aspose),
    directory: await newDirectory(),
    onStderr: interruptAt(shown),
  });

  expect(stdout).toMatch(/^(Cancelled|Refused \(Cancelled\)) after/);
  expect(status).toBe(1);
});

it.concurrent('reports in a few lines why Aspose refused an image, and exits with status 1', async () => {
  await using aspose = await startAsposeSimulator();

  const { status, stdout, stderr } = await runCommand(['recognize', sample('letter.png')], {
    environment: { ...asposeEnvironment(aspose), ASPOSE_CLIENT_SECRET: 'wrong' },
    directory: await newDirectory(),
  });

  expect(stdout).toMatch(
    /^Refused \(CredentialsRejected\) after \d+\.\d s\.\n {4}Aspose rejected the credentials.*\n\n--verbose .*\n$/,
  );
  expect(stdout + stderr).not.toMatch(/wrong| at /);
  expect(status).toBe(1);
});

it.concurrent('shows why uploads are repeated, and cancels the image on Ctrl-C', async () => {
  const { status, stdout, stderr } = await runCommand(['recognize', sample('letter.png'), '--json'], {
    environment: { ASPOSE_BASE_URL: 'http://127.0.0.1:9' },
    directory: await newDirectory(),
    onStderr: interruptAt('next try in'),
  });

  expect(stderr).toMatch(
    /not submitted \(NotAccepted\): no access token: the connection failed \(ECONNREFUSED\); next try in \d\.\d s\n/,
  );
  expect(JSON.parse(stdout)).toMatchObject({
    event: { 'detail-type': 'OCR Image Refused', detail: { reason: 'Cancelled', uploads: 0 } },
    record: null,
    execution: { status: 'ABORTED' },
    documents: [],
  });
  expect(status).toBe(1);
});
