import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAccessTokens } from '../../functions/adapters/aspose/access-token.ts';
import { createAsposeUploads } from '../../functions/adapters/aspose/image-upload.ts';
import type { Credentials } from '../../functions/contracts/credentials.ts';
import { HEAD_BYTES } from '../../functions/core/image-upload.ts';
import { vendorSettings } from '../../functions/core/vendor-settings.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', 'local', 'samples', 'letter.png');

/** Submits the sample letter to Aspose, as a caller of Collect result does. @returns the task id */
export async function submitLetter(baseUrl: string, credentials: Credentials): Promise<string> {
  const now = () => Date.now();
  const uploads = createAsposeUploads({
    baseUrl,
    accessTokens: createAccessTokens({
      baseUrl,
      readSecret: async () => ({ kind: 'Read', credentials, version: 'test' }),
      now,
    }),
    now,
  });
  const file = await readFile(SAMPLE);
  const content = {
    bytes: file.length,
    head: file.subarray(0, HEAD_BYTES),
    async *read() {
      yield file;
    },
  };
  const settings = vendorSettings('RecognizeImage', {});
  const result = await uploads.upload('RecognizeImage', content, settings, 60);
  if (result.kind === 'Accepted') return result.taskId;
  throw new Error(`Aspose did not accept the letter: ${JSON.stringify(result)}`);
}
