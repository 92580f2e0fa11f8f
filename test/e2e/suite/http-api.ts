import { describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { courier, QUICKLY, RECOGNISING, SCRIPTED, wrongHere } from './courier.ts';

describe.runIf(RECOGNISING)('over HTTP, a task', () => {
  it('is started, seen, listed, and downloaded', async () => {
    const taskId = await courier.submitLetter();

    const started = await courier.call('POST', '/tasks', { taskId });
    const record = await courier.closedRecord(taskId);
    const repeated = await courier.call('POST', '/tasks', { taskId });
    const seen = await courier.call('GET', `/tasks/${taskId}`);
    const results = await courier.call('GET', `/tasks/${taskId}/results`);
    const link = await courier.call('GET', `/tasks/${taskId}/results/0`);
    const document = await fetch(link.headers.get('location') ?? '');

    expect(started).toMatchObject({ status: 202, body: { record: { taskId, status: 'Collecting' } } });
    expect(started.headers.get('location')).toBe(`/tasks/${taskId}`);
    expect(repeated).toMatchObject({ status: 200, body: { record: { status: 'Completed' } } });
    expect(seen).toMatchObject({
      status: 200,
      body: { taskId, status: 'Completed', expiresAt: record['expiresAt'] },
    });
    expect(results).toMatchObject({ status: 200, body: { status: 'Completed', results: [{ index: 0 }] } });
    expect(link.status).toBe(302);
    expect(await document.text()).toMatch(/\w{3}/);
    expect(document.headers.get('content-disposition')).toBe(`attachment; filename="${taskId}-0.txt"`);
    expect(await courier.call('DELETE', `/tasks/${taskId}`)).toMatchObject({ status: 409 });
    // The index may lag behind.
    await until(`${taskId} in the list`, { seconds: 30 }, async () => {
      const { body } = await courier.call('GET', '/tasks?status=Completed&limit=100');
      return JSON.stringify(body).includes(taskId) || undefined;
    });
  });
});

describe.runIf(SCRIPTED)('DELETE /tasks/{taskId}', () => {
  it('stops the execution, and the task ends as Cancelled with its event', async () => {
    const taskId = courier.task({ taskStatus: 'Pending' });
    const executionArn = await courier.start({ taskId, polling: QUICKLY });
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

describe.runIf(SCRIPTED)('the id of a task of another operation', () => {
  it('is refused', async () => {
    const taskId = courier.task({ taskStatus: 'Error' });
    await courier.collect({ taskId, polling: QUICKLY });

    const answer = await courier.call('POST', '/tasks', { taskId, operation: 'RecognizePdf' });

    expect(answer).toMatchObject({ status: 409, body: { type: 'urn:ocr-courier:problem:TaskConflict' } });
  });
});

describe.skipIf(wrongHere('authorisation'))('an unsigned request', () => {
  it('is refused', async () => {
    expect(await fetch(`${courier.apiUrl}/tasks`)).toMatchObject({ status: 403 });
  });
});

describe('over HTTP', () => {
  it('bad requests are refused with the field named, and unknown tasks not found', async () => {
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

  it('the OpenAPI document is served', async () => {
    expect(await courier.call('GET', '/openapi.json')).toMatchObject({
      status: 200,
      body: { openapi: '3.1.0' },
    });
  });
});
