import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TaskFailed } from '../../client/client.ts';
import { quickClient } from '../support/api-client.ts';
import { aTerminalRecord } from '../support/builders.ts';
import { inTurn, listen, type Reply, replyWith, replyWithJson } from '../support/loopback-server.ts';

const LINK_PATH = '/s3/object?X-Amz-Signature=secret';

/** An HTTP API, and an S3 at the same address, that respond by method and path. */
function listenTo(routes: Readonly<Record<string, Reply>>) {
  return listen((response, request) => {
    const route = routes[`${request.method} ${request.url}`] ?? replyWithJson({ message: 'Not Found' }, 404);
    route(response, request);
  });
}

const anImage = (details: object) => ({
  imageId: 'i1',
  generation: 1,
  state: 'Submitted',
  operation: 'RecognizeImage',
  taskIds: [],
  uploads: 0,
  ambiguousUploads: 0,
  messages: [],
  startedAt: '2026-03-01T12:00:00Z',
  expiresAt: 0,
  task: null,
  ...details,
});

/** Responds to POST /images with a link to the server itself. */
const linkTo: Reply = (response, request) => {
  const { host } = Object(response.req.headers);
  const upload = { method: 'PUT', url: `http://${host}${LINK_PATH}`, headers: { 'if-none-match': '*' } };
  replyWithJson({ imageId: 'i1', upload, expiresAt: '' }, 201)(response, request);
};

describe('recognize', () => {
  it('uploads the file without authorization, and returns the task once it is Completed', async () => {
    const api = await listenTo({
      'POST /images': linkTo,
      [`PUT ${LINK_PATH}`]: replyWith(200),
      'GET /images/i1': replyWithJson(anImage({ state: 'Done', task: aTerminalRecord({ taskId: 'whale' }) })),
    });
    const client = quickClient(api.baseUrl, { token: 'a.b.c' });

    const task = await client.recognize(new File(['pixels'], 'a/b.png', { type: 'image/png' }), {
      settings: { resultType: 'Pdf' },
      correlation: 'invoice 7',
    });

    expect(task.taskId).toBe('whale');
    const [announced, uploaded, read] = api.received;
    expect(JSON.parse(announced?.body ?? '')).toEqual({
      fileName: 'a_b.png',
      contentType: 'image/png',
      settings: { resultType: 'Pdf' },
      correlation: 'invoice 7',
    });
    expect(uploaded).toMatchObject({ body: 'pixels', authorization: undefined });
    expect([announced, read].map((request) => request?.authorization)).toEqual([
      'Bearer a.b.c',
      'Bearer a.b.c',
    ]);
  });

  it('rejects with TaskFailed when the image is refused', async () => {
    const api = await listenTo({
      'POST /images': linkTo,
      [`PUT ${LINK_PATH}`]: replyWith(200),
      'GET /images/i1': replyWithJson(
        anImage({ state: 'Refused', reason: 'NotAnImage', messages: ['it is text'] }),
      ),
    });

    const error = await quickClient(api.baseUrl)
      .recognize(new TextEncoder().encode('text'))
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(TaskFailed);
    expect(error).toMatchObject({
      message: 'The image i1 ended as Refused (NotAnImage)',
      outcome: 'Refused',
      reason: 'NotAnImage',
      messages: ['it is text'],
      task: undefined,
      image: { imageId: 'i1' },
    });
  });

  it('names the image when the time is up, so that it can be waited for again', async () => {
    const api = await listenTo({
      'POST /images': linkTo,
      [`PUT ${LINK_PATH}`]: replyWith(200),
      'GET /images/i1': replyWithJson(anImage({ taskIds: ['whale'] })),
    });

    await expect(
      quickClient(api.baseUrl).recognize(new Blob(['pixels']), { timeoutSeconds: 0.3 }),
    ).rejects.toMatchObject({ name: 'WaitTimedOut', imageId: 'i1', taskId: 'whale' });
  });

  it.each([
    ['scan.png', 'string'],
    [undefined, 'undefined'],
    [null, 'null'],
    [new ReadableStream(), 'ReadableStream'],
  ])('rejects %s before it requests a link, because it is no file', async (file, got) => {
    const api = await listenTo({ 'POST /images': linkTo });

    const uploading = Reflect.apply(quickClient(api.baseUrl).upload, undefined, [file]);

    await expect(uploading).rejects.toThrow(`file: got ${got}; allowed: a Blob, a File or a Uint8Array`);
    expect(api.received).toEqual([]);
  });

  it('does not show the link of an upload that S3 refuses', async () => {
    const api = await listenTo({
      'POST /images': linkTo,
      [`PUT ${LINK_PATH}`]: replyWith(403, '<StringToSign>secret</StringToSign>'),
    });

    const error = await quickClient(api.baseUrl)
      .upload(new Blob(['pixels']))
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      name: 'ApiProblem',
      status: 403,
      detail: 'The upload: S3 responded with HTTP 403',
    });
    expect(JSON.stringify(error) + String(Object(error).stack)).not.toContain('secret');
  });

  it('rejects when S3 already has another file under the link', async () => {
    const api = await listenTo({ 'POST /images': linkTo, [`PUT ${LINK_PATH}`]: replyWith(412) });

    await expect(quickClient(api.baseUrl).upload(new Blob(['pixels']))).rejects.toMatchObject({
      status: 412,
    });
  });

  it('waits for the task that replaces a lost one', async () => {
    const replaced = aTerminalRecord({ taskId: 'whale', outcome: 'Expired', replacedBy: 'calf' });
    const lost = replyWithJson(anImage({ taskIds: ['whale'], task: replaced }));
    const found = replyWithJson(
      anImage({ state: 'Done', taskIds: ['whale', 'calf'], task: aTerminalRecord({ taskId: 'calf' }) }),
    );
    const api = await listenTo({ 'GET /images/i1': inTurn(lost, found) });

    expect(await quickClient(api.baseUrl).waitForImage('i1')).toMatchObject({ taskId: 'calf' });
  });

  it('takes an upload for done whose first response was lost', async () => {
    let uploads = 0;
    const api = await listenTo({
      'POST /images': linkTo,
      [`PUT ${LINK_PATH}`]: (response, request) => {
        uploads += 1;
        if (uploads === 1) response.destroy();
        else replyWith(412)(response, request);
      },
    });

    await expect(quickClient(api.baseUrl).upload(new Blob(['pixels']))).resolves.toBe('i1');
  });
});

describe('download', () => {
  const withLink = (url: string | null) =>
    replyWithJson({ taskId: 'whale', manifestUrl: null, results: [{ index: 0, url }] });

  it('S43: follows the link without authorization', async () => {
    const s3 = await listenTo({ [`GET ${LINK_PATH}`]: replyWith(200, 'whale') });
    const api = await listenTo({ 'GET /tasks/whale/results': withLink(`${s3.baseUrl}${LINK_PATH}`) });

    const stream = await quickClient(api.baseUrl, { token: 'a.b.c' }).download('whale', 0);

    expect(await new Response(stream).text()).toBe('whale');
    expect(s3.received).toMatchObject([{ authorization: undefined }]);
  });

  it('asks for the link of a document that the list omits', async () => {
    const s3 = await listenTo({ [`GET ${LINK_PATH}`]: replyWith(200, 'whale') });
    const api = await listenTo({
      'GET /tasks/whale/results': withLink(null),
      'GET /tasks/whale/results/400': replyWith(302, '', { location: `${s3.baseUrl}${LINK_PATH}` }),
    });

    const stream = await quickClient(api.baseUrl, { token: 'a.b.c' }).download('whale', 400);

    expect(await new Response(stream).text()).toBe('whale');
    expect(s3.received).toMatchObject([{ authorization: undefined }]);
  });

  it('does not show the link of a document that S3 refuses', async () => {
    const s3 = await listenTo({ [`GET ${LINK_PATH}`]: replyWith(404, 'secret') });
    const api = await listenTo({ 'GET /tasks/whale/results': withLink(`${s3.baseUrl}${LINK_PATH}`) });

    const error = await quickClient(api.baseUrl)
      .download('whale', 0)
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      status: 404,
      message: 'Document 0 of task whale: S3 responded with HTTP 404',
    });
    expect(JSON.stringify(error) + String(Object(error).stack)).not.toContain('secret');
  });

  it.each(['not a url?X-Amz-Signature=secret', 'https://user:secret@127.0.0.1/', 'file:///secret'])(
    'does not show the unusable link %s',
    async (link) => {
      const api = await listenTo({ 'GET /tasks/whale/results': withLink(link) });

      const error = await quickClient(api.baseUrl)
        .download('whale', 0)
        .catch((reason: unknown) => reason);

      expect(error).toMatchObject({
        message: 'Document 0 of task whale: the HTTP API returned no usable link',
      });
      expect(inspect(error)).not.toContain('secret');
    },
  );

  it.each([-1, 0.5, Number.NaN])('refuses the index %s', async (index) => {
    const api = await listenTo({});

    await expect(quickClient(api.baseUrl).download('whale', index)).rejects.toThrow(
      `document: got ${index}; allowed: an index from 0, or manifest.json`,
    );
    expect(api.received).toEqual([]);
  });

  it('refuses the manifest of a task without documents', async () => {
    const api = await listenTo({ 'GET /tasks/whale/results': withLink(null) });

    await expect(quickClient(api.baseUrl).download('whale', 'manifest.json')).rejects.toThrow(
      'document: got manifest.json; allowed: a task with documents',
    );
  });
});

describe('list', () => {
  it('requests one page after the other, and only those that are read', async () => {
    const api = await listenTo({
      'GET /tasks?status=Failed': replyWithJson({ tasks: [{ taskId: 'a' }], cursor: 'c1' }),
      'GET /tasks?status=Failed&cursor=c1': replyWithJson({ tasks: [], cursor: 'c2' }),
      'GET /tasks?status=Failed&cursor=c2': replyWithJson({ tasks: [{ taskId: 'b' }] }),
    });
    const client = quickClient(api.baseUrl);

    const ids: string[] = [];
    for await (const { taskId } of client.list({ status: 'Failed' })) ids.push(taskId);
    for await (const { taskId } of client.list({ status: 'Failed' })) if (taskId === 'a') break;

    expect(ids).toEqual(['a', 'b']);
    expect(api.received).toHaveLength(4);
  });
});

describe('batch', () => {
  it('keeps the id of the request', async () => {
    const api = await listenTo({
      'POST /batches': replyWithJson({ batch: { batchId: 'mine' } }, 202),
      'GET /batches/mine': replyWithJson({ batchId: 'mine', outcome: 'Completed' }),
    });

    await quickClient(api.baseUrl).batch({ tasks: ['whale'], batchId: 'mine' });

    expect(JSON.parse(api.received[0]?.body ?? '')).toMatchObject({ batchId: 'mine' });
  });

  it('draws the id itself, so that a repeated request starts no other batch', async () => {
    const api = await listen((response, request) => {
      if (api.received.length === 1) replyWith(503, '', { 'retry-after': '0' })(response, request);
      else if (request.method === 'POST') replyWithJson({ batch: { batchId: 'b' } }, 202)(response, request);
      else replyWithJson({ batchId: 'b', outcome: 'Completed' })(response, request);
    });

    await quickClient(api.baseUrl).batch({ tasks: ['whale'] });

    const [first, second] = api.received.map(({ body }) => body);
    expect(JSON.parse(first ?? '')).toEqual({
      tasks: ['whale'],
      batchId: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(second).toBe(first);
  });
});

describe('read', () => {
  it('rejects with ApiProblem when another server responds with a page', async () => {
    const api = await listen(replyWith(200, '<!doctype html>'));

    await expect(quickClient(api.baseUrl).read('whale')).rejects.toMatchObject({
      name: 'ApiProblem',
      status: 200,
      type: 'about:blank',
      detail: 'The response has the status 200, but is no JSON object: apiUrl may be that of another server',
    });
  });
});

describe('batches.download', () => {
  it('names the files when there is no link to the wanted one', async () => {
    const api = await listen(replyWithJson({ resultsUrl: null, resultsCsvUrl: null, summaryUrl: null }));
    const { batches } = quickClient(api.baseUrl);

    for (const file of ['results.csv', 'results.xlsx']) {
      await expect(Reflect.apply(batches.download, undefined, ['scans', file])).rejects.toThrow(
        `file: got ${file}; allowed: results.jsonl, results.csv, summary.json of a batch with results`,
      );
    }
  });
});
