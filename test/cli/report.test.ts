import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { textReport } from '../../cli/report.ts';
import { aTerminalRecord, START } from '../support/builders.ts';
import { newDirectory } from '../support/run-command.ts';

const execution = {
  executionArn: 'arn',
  stateMachineArn: 'arn',
  name: 'whale',
  status: 'SUCCEEDED' as const,
  startDate: new Date(START),
  stopDate: new Date(START + 2500),
  input: {},
  history: [],
};
const anEvent = {
  version: '0' as const,
  id: '1',
  source: 'ocr-courier',
  account: '000000000000',
  time: '2026-03-01T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
};
const documents = [
  { index: 0, type: 'Text', contentType: 'text/plain', key: 'k', path: '0.txt', bytes: 5, sha256: null },
  { index: 1, type: 'Pdf', contentType: 'application/pdf', key: 'k', path: '1.pdf', bytes: 9, sha256: null },
  { index: 2, type: null, contentType: null, key: null, path: null, bytes: 0, sha256: null },
];
const task = { event: undefined, record: aTerminalRecord(), execution, documents };

async function report(options = {}, text = 'whale'): Promise<string> {
  const directory = await newDirectory();
  await writeFile(join(directory, '0.txt'), text);
  return await textReport(task, directory, directory, options);
}

it('starts with the recognized text and its location, and ends with the outcome', async () => {
  expect(await report()).toBe(
    [
      '0.txt (Text, 5 bytes):\n    whale',
      '1.pdf (Pdf, 9 bytes)',
      'Document 2 (no type): Aspose sent no data',
      'Manifest: manifest.json',
      'Completed after 2.5 s and 3 polls.',
    ].join('\n\n'),
  );
});

it.each([
  ['Windows', 'First line\r\nSecond\r\n\r\n'],
  ['old Macs', 'First line\rSecond\r'],
  ['a byte order mark', '\ufeffFirst line\nSecond'],
  ['pages', 'First line\fSecond\f'],
])('previews a text with the line ends of %s without dots', async (_, text) => {
  expect(await report({}, text)).toContain(':\n    First line\n    Second\n\n');
});

it('previews tabs as spaces, and other control characters as dots', async () => {
  expect(await report({}, 'Name\tAge\u0007')).toContain('    Name    Age·\n');
});

it('adds the task record and the event with --verbose', async () => {
  expect(await report({ verbose: true })).toMatch(
    /\nCompleted after 2\.5 s and 3 polls\.\n\nTask record: \{\n[\s\S]*\n\}\n\nEvent: undefined$/,
  );
});

it("prints Aspose's messages after the outcome, without terminal control characters", async () => {
  const record = aTerminalRecord({
    outcome: 'Failed',
    reason: 'RecognitionError',
    messages: ['no \u001b[2Jwhale'],
    warnings: ['calm sea'],
  });

  const text = await textReport({ event: undefined, record, execution, documents: [] }, '/out', '/');

  expect(text).toBe(
    'Failed (RecognitionError) after 2.5 s and 3 polls.\n    no ·[2Jwhale\n    calm sea\n\n--verbose shows the task record and the event.',
  );
});

it('says that an image was refused, and why', async () => {
  const detail = {
    version: '1',
    idempotencyKey: 'image/a/1',
    imageId: 'a'.repeat(40),
    generation: 1,
    source: { bucket: 'bucket', key: 'inbox/RecognizeImage/whale.png' },
    operation: 'RecognizeImage',
    reason: 'RefusedByVendor',
    messages: ['Aspose returned HTTP 400: no \u001b[2Jwhale'],
    uploads: 0,
    executionArn: 'arn',
  };
  const event = { ...anEvent, 'detail-type': 'OCR Image Refused', detail };

  const text = await textReport({ event, record: undefined, execution, documents: [] }, '/out', '/');

  expect(text).toBe(
    'Refused (RefusedByVendor) after 2.5 s.\n    Aspose returned HTTP 400: no ·[2Jwhale\n\n--verbose shows the task record and the event.',
  );
});

it('does not offer an event that the HTTP API does not have', async () => {
  const record = aTerminalRecord({ outcome: 'Failed', reason: 'RecognitionError' });

  const text = await textReport({ event: null, record, execution, documents: [] }, '/out', '/');

  expect(text).toMatch(/\n\n--verbose shows the task record\.$/);
});
