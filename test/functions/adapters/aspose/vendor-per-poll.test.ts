import pLimit from 'p-limit';
import { expect, it, vi } from 'vitest';
import { createAccessTokens } from '../../../../functions/adapters/aspose/access-token.ts';
import { createVendorPerPoll } from '../../../../functions/adapters/aspose/vendor-per-poll.ts';
import type { Poll } from '../../../../functions/core/vendor-response.ts';
import { TASK_ID } from '../../../support/builders.ts';
import { bytesOf } from '../../../support/content-bytes.ts';
import { listen, replyWithJson } from '../../../support/loopback-server.ts';
import { UNTIL_TEST_HANGS } from '../../../support/until.ts';

/** Starts Aspose on loopback: each task has one text, with a size in bytes. */
async function setUp(sizes: Readonly<Record<string, number>>) {
  const server = await listen((response, request) => {
    const taskId = new URL(request.url ?? '', server.baseUrl).searchParams.get('id') ?? '';
    if (taskId === '') return replyWithJson({ access_token: 'token', expires_in: 3600 })(response, request);
    const data = Buffer.alloc(sizes[taskId] ?? 0, taskId).toString('base64');
    replyWithJson({ id: null, taskStatus: 'Completed', results: [{ type: 'Text', data }] })(
      response,
      request,
    );
  });
  const now = () => Date.now();
  const openVendor = createVendorPerPoll({
    baseUrl: server.baseUrl,
    accessTokens: createAccessTokens({
      baseUrl: server.baseUrl,
      readSecret: async () => ({
        kind: 'Read',
        credentials: { clientId: 'id', clientSecret: 'secret' },
        version: 'v1',
      }),
      now,
    }),
    maxAnswerBytes: 10_000_000,
    limitLargeBodies: pLimit(2),
    now,
  });
  return (taskId: string) => {
    const { vendor, release } = openVendor();
    return { polled: vendor.poll('RecognizeImage', taskId, 20), release };
  };
}

async function textOf(poll: Poll): Promise<string> {
  if (poll.kind !== 'Responded') throw new Error(poll.detail);
  const [result] = poll.response.results;
  return result?.data.kind === 'decoded' ? String(await bytesOf(result.data.content)) : '';
}

it('keeps the documents of polls in flight apart', async () => {
  const poll = await setUp({ one: 2000, two: 3000 });
  const [one, two] = [poll('one'), poll('two')];

  const texts = [await textOf(await one.polled), await textOf(await two.polled)];
  one.release();
  two.release();

  expect(texts).toEqual(['one'.repeat(667).slice(0, 2000), 'two'.repeat(1000)]);
});

it('keeps two large bodies at once, and others wait until one is released', async () => {
  const poll = await setUp({ a: 3_000_000, b: 3_000_000, c: 3_000_000, small: 10, [TASK_ID]: 10 });
  const large = ['a', 'b', 'c'].map(poll);
  const ended = new Set<number>();
  large.forEach(({ polled }, index) => void polled.then(() => ended.add(index)));

  await vi.waitFor(() => expect(ended.size).toBe(2), UNTIL_TEST_HANGS);
  const small = poll('small');
  expect(await textOf(await small.polled)).toHaveLength(10);
  expect(ended.size).toBe(2);

  for (const index of ended) large[index]?.release();
  await vi.waitFor(() => expect(ended.size).toBe(3), UNTIL_TEST_HANGS);
  for (const { release } of large) release();
  expect(ended.size).toBe(3);
});
