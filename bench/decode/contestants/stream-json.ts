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
import { BUCKET, CONTENT_TYPE, documentKey, measureCollections, responseUrl } from '../measured-process.ts';

/** Characters of base64 that are decoded at once. */
const CHARACTERS = 64 * 1024;

/** Follows stream-json's advice for little memory: strings arrive in chunks. */
measureCollections(async (services, taskId) => {
  const { body } = await fetch(responseUrl(services, taskId));
  if (body === null) throw new Error('the response has no body');
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
