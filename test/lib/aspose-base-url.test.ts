import { describe, expect, it } from 'vitest';
import { asposeBaseUrl } from '../../lib/aspose-base-url.ts';

describe('asposeBaseUrl', () => {
  it.each([
    [undefined, 'https://api.aspose.cloud'],
    ['https://api.aspose.cloud', 'https://api.aspose.cloud'],
    ['https://api.aspose.cloud/', 'https://api.aspose.cloud'],
    ['https://ocr.example.org:8443/aspose//', 'https://ocr.example.org:8443/aspose'],
    [' HTTPS://API.aspose.cloud ', 'https://api.aspose.cloud'],
  ])('turns %j into %s', (configured, url) => {
    expect(asposeBaseUrl(configured)).toBe(url);
  });

  it.each([
    'http://api.aspose.cloud',
    'http://localhost:8080',
    'ftp://api.aspose.cloud',
    'file:///etc/passwd',
    'api.aspose.cloud',
    'https://',
    '',
    'https://user@api.aspose.cloud',
    'https://:password@api.aspose.cloud',
    'https://api.aspose.cloud?x=1',
    'https://api.aspose.cloud/?',
    'https://api.aspose.cloud#x',
    'https://api.aspose.cloud/#',
  ])('refuses %j', (configured) => {
    expect(() => asposeBaseUrl(configured)).toThrow(
      /^asposeBaseUrl: got .*; allowed: an https URL without credentials, query or fragment$/,
    );
  });

  it('does not repeat credentials in its error message', () => {
    expect(() => asposeBaseUrl('https://user:canary@api.aspose.cloud/?token=canary')).toThrow(
      /^(?!.*canary)/,
    );
  });

  it.each([
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]:8080',
    'https://api.aspose.cloud',
  ])('accepts %s with the loopback option', (configured) => {
    expect(asposeBaseUrl(configured, { loopback: true })).toBe(configured);
  });

  it.each([
    'http://api.aspose.cloud',
    'http://localhost.example.org',
    'http://127.0.0.1.example.org',
    'http://10.0.0.1',
  ])('refuses %s even with the loopback option', (configured) => {
    expect(() => asposeBaseUrl(configured, { loopback: true, name: 'ASPOSE_BASE_URL' })).toThrow(
      /^ASPOSE_BASE_URL: got http:\/\/.*; allowed: an https URL, or http on the loopback interface, without/,
    );
  });
});
