import { once } from 'node:events';
import { request } from 'node:http';
import { onTestFinished } from 'vitest';

/**
 * Starts an upload of which the server gets only the headers. Resolves when it has them.
 *
 * @returns a function that breaks the upload off
 */
export async function startUnfinishedUpload(url: string, bytes: number): Promise<() => void> {
  const headers = { 'content-type': 'application/json', 'content-length': bytes, expect: '100-continue' };
  const upload = request(url, { method: 'POST', headers });
  upload.on('error', () => {});
  upload.flushHeaders();
  onTestFinished(() => void upload.destroy());
  await once(upload, 'continue');
  return () => upload.destroy();
}
