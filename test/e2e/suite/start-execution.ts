import { createHash } from 'node:crypto';
import { DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { base64 } from '../../support/responses.ts';
import { dynamoDb } from './aws-clients.ts';
import { CAN_RECOGNIZE, CAN_SCRIPT, courier, EAGER_POLLING, isSkipped } from './deployed-courier.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.runIf(CAN_RECOGNIZE)('an execution for a submitted image', () => {
  it('stores the text, a manifest and an expiring record, and publishes one event', async () => {
    const submittedAt = new Date().toISOString();
    const taskId = await courier.submitLetter();

    const execution = await courier.collect({ taskId, submittedAt, correlation: 'e2e' });
    const record = await courier.closedRecord(taskId);
    const [event] = await courier.eventsOf(taskId);

    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    const output = JSON.parse(execution.output ?? '');
    expect(output).toMatchObject({ taskId, outcome: 'Completed', resultCount: 1, correlation: 'e2e' });
    const [result] = output.results;
    const document = await courier.object(result.key);
    expect(document.bytes.toString()).toMatch(/\w{3}/);
    expect(document).toMatchObject({
      contentType: 'text/plain; charset=utf-8',
      contentDisposition: 'attachment; filename="0.txt"',
    });
    expect(result).toMatchObject({ bytes: document.bytes.length, sha256: sha256(document.bytes) });
    const manifest = await courier.object(output.manifest);
    expect(JSON.parse(manifest.bytes.toString())).toMatchObject({
      taskId,
      results: [{ sha256: result.sha256 }],
    });
    expect(record).toMatchObject({ status: 'Completed', outcome: 'Completed', correlation: 'e2e' });
    expect(record['expiresAt']).toBe(Math.floor(Date.parse(submittedAt) / 1000) + 24 * 3600);
    expect(event).toMatchObject({ 'detail-type': 'OCR Task Completed', detail: { ...output } });
  });
});

describe.runIf(CAN_SCRIPT)('an execution for a task with several results', () => {
  it('stores and lists all results in order, with the file extensions of their types', async () => {
    const results = [
      { type: 'Text', data: base64('whale') },
      { type: 'Pdf', data: base64('%PDF-1.7 whale') },
      { type: 'Text', data: '' },
      { type: '../odd', data: base64('odd') },
    ];
    const taskId = courier.createTask({ taskStatus: 'Completed', results });

    const execution = await courier.collect({
      taskId,
      operation: 'RecognizeRegions',
      polling: EAGER_POLLING,
    });

    const output = JSON.parse(execution.output ?? '');
    const manifest = JSON.parse((await courier.object(output.manifest)).bytes.toString());
    const folder = `results/RecognizeRegions/${taskId}`;
    expect(manifest.results.map(({ key }: { key: string }) => key).slice(0, 3)).toEqual([
      `${folder}/0.txt`,
      `${folder}/1.pdf`,
      `${folder}/2.txt`,
    ]);
    expect((await courier.object(`${folder}/1.pdf`)).bytes.toString()).toBe('%PDF-1.7 whale');
    expect((await courier.object(`${folder}/1.pdf`)).contentType).toBe('application/pdf');
    expect(manifest.results).toMatchObject([{ empty: false }, {}, { empty: true }, { type: '../odd' }]);
  });
});

describe.skipIf(isSkipped('timeToLive'))('the task table', () => {
  it('has `expiresAt` as its time-to-live attribute', async () => {
    const { TimeToLiveDescription } = await dynamoDb.send(
      new DescribeTimeToLiveCommand({ TableName: courier.output('TaskTableName') }),
    );

    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  });
});

describe.skipIf(isSkipped('errorNames'))('an execution with bad input', () => {
  it('fails, names the field and leaves no record', async () => {
    const execution = await courier.collect({ taskId: 'e2e-refused', operation: 'RecognizeEverything' });

    expect(execution).toMatchObject({ status: 'FAILED' });
    expect(execution.cause).toContain("operation: got 'RecognizeEverything'");
    expect(await courier.record('e2e-refused')).toBeUndefined();
  });
});
