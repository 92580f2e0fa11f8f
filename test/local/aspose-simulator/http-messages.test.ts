import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readBody } from '../../../local/aspose-simulator/http-messages.ts';

const MEBIBYTE = Buffer.alloc(1024 * 1024, 'x');

it('reads a whole body of tens of megabytes', async () => {
  const body = await readBody(Readable.from(Array.from({ length: 40 }, () => MEBIBYTE)));

  expect(body).toHaveLength(40 * MEBIBYTE.byteLength);
});

it('rejects a body over 128 MiB with 413', async () => {
  const reading = readBody(Readable.from(Array.from({ length: 129 }, () => MEBIBYTE)));

  await expect(reading).rejects.toMatchObject({ httpStatus: 413 });
});

it('reads a character that is split between two chunks', async () => {
  const bytes = Buffer.from('é');

  expect(await readBody(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]))).toBe('é');
});
