import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { base64 } from '../../support/responses.ts';
import { asposeEnvironment, interruptAt, newDirectory, runCommand } from '../../support/run-command.ts';

let aspose: AsposeSimulator;
beforeAll(async () => {
  aspose = await startAsposeSimulator();
});
afterAll(() => aspose.close());

it.concurrent('writes the documents, and prints one JSON document with --json', async () => {
  aspose.script('done', [
    { taskStatus: 'Pending' },
    {
      taskStatus: 'Completed',
      results: [
        { type: 'Text', data: base64('whale') },
        { type: 'Pdf', data: null },
      ],
    },
  ]);
  const directory = await newDirectory();

  const args = ['collect', 'done', '--json', '--out', 'here', '--polling', '{"preset":"eager"}'];
  const { status, stdout } = await runCommand(args, { environment: asposeEnvironment(aspose), directory });

  const { event, record, execution, documents } = JSON.parse(stdout);
  expect(status).toBe(0);
  expect(event).toMatchObject({
    source: 'ocr-courier',
    'detail-type': 'OCR Task Completed',
    detail: { taskId: 'done' },
  });
  expect(record).toMatchObject({ taskId: 'done', outcome: 'Completed', attempts: 2 });
  expect(execution).toMatchObject({ status: 'SUCCEEDED', executionArn: record.executionArn });
  expect(documents).toMatchObject([
    { index: 0, type: 'Text', path: '0.txt', key: 'results/RecognizeImage/done/0.txt', bytes: 5 },
    { index: 1, type: 'Pdf', path: null, key: null },
  ]);
  expect(await readFile(join(directory, 'here', '0.txt'), 'utf8')).toBe('whale');
  expect(JSON.parse(await readFile(join(directory, 'here', 'manifest.json'), 'utf8')).results).toHaveLength(
    2,
  );
});

it.concurrent('cancels the task on Ctrl-C, and still prints the report', async () => {
  aspose.script('cancelled', [{ taskStatus: 'Pending' }]);

  const { status, stdout } = await runCommand(['collect', 'cancelled', '--json'], {
    environment: asposeEnvironment(aspose),
    directory: await newDirectory(),
    onStderr: interruptAt('poll 1'),
  });

  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    event: { 'detail-type': 'OCR Task Cancelled' },
    record: { outcome: 'Cancelled' },
    execution: { status: 'ABORTED' },
  });
});
