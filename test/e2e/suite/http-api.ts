import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { CAN_RECOGNIZE, CAN_SCRIPT, courier, EAGER_POLLING, isSkipped } from './deployed-courier.ts';

describe.runIf(CAN_RECOGNIZE)('the HTTP API', () => {
  it('starts, shows and lists a task, and links to its document', async () => {
    const taskId = await courier.submitLetter();

    const started = await courier.call('POST', '/tasks', { taskId });
    const record = await courier.closedRecord(taskId);
    const repeated = await courier.call('POST', '/tasks', { taskId });
    const shown = await courier.call('GET', `/tasks/${taskId}`);
    const results = await courier.call('GET', `/tasks/${taskId}/results`);
    const link = await courier.call('GET', `/tasks/${taskId}/results/0`);
    const document = await fetch(link.headers.get('location') ?? '');

    expect(started).toMatchObject({ status: 202, body: { record: { taskId, status: 'Collecting' } } });
    expect(started.headers.get('location')).toBe(`/tasks/${taskId}`);
    expect(repeated).toMatchObject({ status: 200, body: { record: { status: 'Completed' } } });
    expect(shown).toMatchObject({
      status: 200,
      body: { taskId, status: 'Completed', expiresAt: record['expiresAt'] },
    });
    expect(results).toMatchObject({ status: 200, body: { status: 'Completed', results: [{ index: 0 }] } });
    expect(link.status).toBe(302);
    expect(await document.text()).toMatch(/\w{3}/);
    expect(document.headers.get('content-disposition')).toBe(`attachment; filename="${taskId}-0.txt"`);
    expect(await courier.call('DELETE', `/tasks/${taskId}`)).toMatchObject({ status: 409 });
    // The index is eventually consistent.
    await until(`${taskId} in the list`, { seconds: 30 }, async () => {
      const { body } = await courier.call('GET', '/tasks?status=Completed&limit=100');
      return JSON.stringify(body).includes(taskId) || undefined;
    });
  });
});

describe.runIf(CAN_SCRIPT)('DELETE /tasks/{taskId}', () => {
  it('stops the execution, closes the task as Cancelled and publishes its event', async () => {
    const taskId = courier.createTask({ taskStatus: 'Pending' });
    const executionArn = await courier.start({ taskId, polling: EAGER_POLLING });
    await courier.polled(taskId);

    const early = await courier.call('GET', `/tasks/${taskId}/results`);
    const cancelled = await courier.call('DELETE', `/tasks/${taskId}`);
    const [event] = await courier.eventsOf(taskId);

    expect(early).toMatchObject({ status: 409 });
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(cancelled).toMatchObject({ status: 202, body: { record: { status: 'Cancelled' } } });
    expect(event).toMatchObject({ 'detail-type': 'OCR Task Cancelled', detail: { taskId } });
    expect(await courier.ended(executionArn)).toMatchObject({ status: 'ABORTED', error: 'OcrTaskCancelled' });
  });
});

describe.runIf(CAN_SCRIPT)('GET /tasks/{taskId} with Prefer: wait', () => {
  it('responds after the wait, or as soon as the task has ended', async () => {
    const taskId = courier.createTask({ taskStatus: 'Pending' });
    await courier.start({ taskId, polling: EAGER_POLLING });
    await courier.polled(taskId);
    const get = (prefer: string) => courier.call('GET', `/tasks/${taskId}`, undefined, { prefer });

    const startedAt = performance.now();
    const open = await get('wait=3');
    const waitedMilliseconds = performance.now() - startedAt;
    const waiting = get('wait=25');
    await courier.call('DELETE', `/tasks/${taskId}`);
    const ended = await waiting;

    expect(open).toMatchObject({ status: 200, body: { status: 'Collecting' } });
    expect(open.headers.get('preference-applied')).toBe('wait=3');
    expect(waitedMilliseconds).toBeGreaterThan(2500);
    expect(ended).toMatchObject({ status: 200, body: { status: 'Cancelled' } });
    expect(ended.headers.get('preference-applied')).toBe('wait=25');
  });
});

describe.runIf(CAN_SCRIPT)('POST /tasks with the id of a task of another operation', () => {
  it('responds with 409 TaskConflict', async () => {
    const taskId = courier.createTask({ taskStatus: 'Error' });
    await courier.collect({ taskId, polling: EAGER_POLLING });

    const response = await courier.call('POST', '/tasks', { taskId, operation: 'RecognizePdf' });

    expect(response).toMatchObject({ status: 409, body: { type: 'urn:ocr-courier:problem:TaskConflict' } });
  });
});

describe.skipIf(isSkipped('authorization'))('an unsigned request', () => {
  it('gets a 403 response', async () => {
    expect(await fetch(`${courier.apiUrl}/tasks`)).toMatchObject({ status: 403 });
  });
});

describe('the HTTP API without a task', () => {
  it('names the invalid field of a request, and responds with 404 to an unknown task', async () => {
    const refused = await courier.call('POST', '/tasks', { taskId: 'x', tasks: 1 });
    const unknown = await courier.call('GET', `/tasks/e2e-${crypto.randomUUID()}`);
    const badLimit = await courier.call('GET', '/tasks?limit=0');

    expect(refused).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('tasks: got a field') },
    });
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(unknown).toMatchObject({ status: 404, body: { type: 'urn:ocr-courier:problem:TaskNotFound' } });
    expect(badLimit).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('limit: got 0') },
    });
  });

  it('serves the OpenAPI document', async () => {
    expect(await courier.call('GET', '/openapi.json')).toMatchObject({
      status: 200,
      body: { openapi: '3.1.0' },
    });
  });
});
