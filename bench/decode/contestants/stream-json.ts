import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { chain } from 'stream-chain';
import { flushable, none } from 'stream-chain/core';
import { type parser as jsonParser, parser } from 'stream-json';
import { pick } from 'stream-json/filters/pick.js';
import { answerUrl, BUCKET, CONTENT_TYPE, documentKey, measure } from '../measured-process.ts';

/** What is decoded at a time. */
const CHARACTERS = 64 * 1024;

/**
 * With stream-json's own means against memory: strings are not packed but streamed, in chunks of 256 characters, those of
 * the data alone are picked, and what they decode to goes into a file.
 */
measure(async (services, taskId) => {
  const { body } = await fetch(answerUrl(services, taskId));
  if (body === null) throw new Error('the answer has no body');
  const path = join(tmpdir(), randomUUID());
  const sha256 = createHash('sha256');
  await pipeline(
    body,
    chain([
      parser({ packStrings: false, streamKeys: false, streamNumbers: false }),
      pick({ filter: /^results\.\d+\.data$/ }),
      decoder((bytes) => sha256.update(bytes)),
    ]),
    createWriteStream(path),
  );
  const { size } = await stat(path);
  await services.s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: documentKey(taskId),
      Body: createReadStream(path),
      ContentLength: size,
      ContentType: CONTENT_TYPE,
      ChecksumSHA256: sha256.digest('base64'),
    }),
  );
  await rm(path);
});

function decoder(onBytes: (bytes: Buffer) => void) {
  let characters = '';
  const decode = (length: number) => {
    const bytes = Buffer.from(characters.slice(0, length), 'base64');
    characters = characters.slice(length);
    onBytes(bytes);
    return bytes;
  };
  return flushable((token: jsonParser.Token | typeof none) => {
    if (token === none) return decode(characters.length);
    if (token.name !== 'stringChunk') return none;
    characters += token.value;
    return characters.length < CHARACTERS ? none : decode(characters.length - (characters.length % 4));
  });
}
