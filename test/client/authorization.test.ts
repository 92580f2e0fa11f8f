import { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it, vi } from 'vitest';
import { createAuthorization } from '../../client/authorization.ts';
import { createClient } from '../../client/client.ts';

const API = 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com';
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' };

const requests = [
  { method: 'GET', path: '/tasks?limit=20&status=Failed', body: undefined },
  { method: 'GET', path: '/prod/tasks/a-b/results', body: undefined },
  { method: 'POST', path: '/images', body: '{"fileName":"Größe.png"}' },
];

describe('requests with credentials', () => {
  it.each(requests)('are signed as the AWS SDK signs them: $method $path', async ({ method, path, body }) => {
    const url = new URL(path, API);
    const authorize = createAuthorization(new URL(API), { credentials });

    const signed = await authorize({
      method,
      url: url.href,
      headers: { 'content-type': 'application/json', prefer: 'wait=25' },
      body,
    });

    // An independent implementation, at the same second, of the headers that are signed.
    const names = /SignedHeaders=([^,]+)/.exec(signed['authorization'] ?? '')?.[1]?.split(';') ?? [];
    const { sha256 } = new S3Client({ region: 'eu-west-1' }).config;
    const signer = new SignatureV4({
      service: 'execute-api',
      region: 'eu-west-1',
      credentials,
      sha256,
      applyChecksum: false,
    });
    const date = String(signed['x-amz-date']);
    const expected = await signer.sign(
      {
        method,
        protocol: 'https:',
        hostname: url.hostname,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: Object.fromEntries(
          names
            .filter((name) => !name.startsWith('x-amz-'))
            .map((name) => [name, name === 'host' ? url.host : String(signed[name])]),
        ),
        body,
      },
      {
        signingDate: new Date(date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z')),
      },
    );
    expect(signed['authorization']).toBe(expected.headers['authorization']);
    expect(names).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-security-token']));
  });

  it('take the credentials that a function returns for each request', async () => {
    let calls = 0;
    const provide = async () => {
      calls += 1;
      return { accessKeyId: `AKID${calls}`, secretAccessKey: 'secret' };
    };
    const authorize = createAuthorization(new URL(API), { credentials: provide });
    const request = { method: 'GET', url: `${API}/tasks`, headers: {}, body: undefined };

    const signed = [await authorize(request), await authorize(request)];

    expect(signed.map(({ authorization }) => authorization?.includes('AKID1') ?? false)).toEqual([
      true,
      false,
    ]);
    expect(signed[1]?.['authorization']).toContain('Credential=AKID2/');
  });
});

describe('without credentials and token', () => {
  it('requests to the loopback interface are not signed', async () => {
    const authorize = createAuthorization(new URL('http://127.0.0.1:8080'), {});

    expect(
      await authorize({ method: 'GET', url: 'http://127.0.0.1:8080/tasks', headers: {}, body: undefined }),
    ).toEqual({});
  });

  it('other requests are signed with the credentials of the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDENV');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_PROFILE', '');
    try {
      const authorize = createAuthorization(new URL(API), {});
      const signed = await authorize({ method: 'GET', url: `${API}/tasks`, headers: {}, body: undefined });

      expect(signed['authorization']).toContain('Credential=AKIDENV/');
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('createClient refuses', () => {
  it.each([
    [{ apiUrl: 'http://ocr.example.com' }, 'apiUrl: got http://ocr.example.com/; allowed: an https URL'],
    [
      { apiUrl: 'https://user:secret@ocr.example.com' },
      'apiUrl: got https://ocr.example.com/ with credentials, a query or a fragment; allowed: ',
    ],
    [
      { apiUrl: 'https://ocr.example.com', credentials, region: 'eu west' },
      "region: got 'eu west'; allowed: a region",
    ],
    [{ apiUrl: '' }, 'apiUrl: got no URL; allowed: '],
    [
      { apiUrl: 'https://ocr.example.com', token: 'a', credentials },
      'token: got a token and credentials; allowed: one',
    ],
  ])('%j', (options, message) => {
    expect(() => createClient(options)).toThrow(message);
  });

  it('an address without a region, if requests are signed', () => {
    vi.stubEnv('AWS_REGION', '');
    try {
      expect(() => createClient({ apiUrl: 'https://ocr.example.com', credentials })).toThrow(
        'region: got none, and ocr.example.com does not name it; allowed: a region such as eu-west-1',
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('a function that returns no token', async () => {
    const token = async () => JSON.parse('{}').missing;
    const client = createClient({ apiUrl: 'http://127.0.0.1:1', token });

    await expect(client.read('whale')).rejects.toThrow('token: got text that is no token; allowed: ');
  });

  it('a token with a line break before it sends anything', async () => {
    const client = createClient({ apiUrl: 'http://127.0.0.1:1', token: 'a\r\nb' });

    await expect(client.read('whale')).rejects.toThrow('token: got text that is no token; allowed: ');
  });
});
