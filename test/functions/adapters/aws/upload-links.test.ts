import { describe, expect, it, vi } from 'vitest';
import { createUploadLinks } from '../../../../functions/adapters/aws/upload-links.ts';

vi.stubEnv('AWS_REGION', 'eu-central-1');
vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');

const uploadLink = createUploadLinks('results');

describe('createUploadLinks', () => {
  it('S28 U6: signs that no object is replaced, and the content type', async () => {
    const { method, url, headers } = await uploadLink('inbox/RecognizeImage/a b.png', 'image/png', 3600);

    const { pathname, searchParams } = new URL(url);
    expect(method).toBe('PUT');
    expect(pathname).toContain('/inbox/RecognizeImage/a%20b.png');
    expect(headers).toEqual({ 'if-none-match': '*', 'content-type': 'image/png' });
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-type;host;if-none-match');
    expect(searchParams.get('X-Amz-Expires')).toBe('3600');
    // The checksum would be that of an empty body.
    expect(url.toLowerCase()).not.toContain('checksum');
  });

  it('leaves the content type open when none is given', async () => {
    const { url, headers } = await uploadLink('inbox/RecognizeImage/a.png', undefined, 60);

    expect(headers).toEqual({ 'if-none-match': '*' });
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('host;if-none-match');
  });
});
