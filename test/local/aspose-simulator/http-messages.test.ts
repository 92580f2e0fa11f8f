import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readBody } from '../../../local/aspose-simulator/http-messages.ts';

const MEBIBYTE = Buffer.alloc(1024 * 1024, 'x');

test('a body of tens of megabytes is read whole', async () => {
  const body = await readBody(Readable.from(Array.from({ length: 40 }, () => MEBIBYTE)));

  expect(body).toHaveLength(40 * MEBIBYTE.byteLength);
});

test('a body larger than 128 MiB is refused with 413', async () => {
  const reading = readBody(Readable.from(Array.from({ length: 129 }, () => MEBIBYTE)));

  await expect(reading).rejects.toMatchObject({ httpStatus: 413 });
});

test('a character split between two chunks stays whole', async () => {
  const bytes = Buffer.from('é');

  expect(await readBody(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]))).toBe('é');
});
