import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleEntry, CLIENT_BUNDLE } from './bundle-package.ts';

/** Size of the client as the package ships it, minified. */
export interface ClientSize {
  readonly bytes: number;
  readonly gzipBytes: number;
}

export async function measureClient(): Promise<ClientSize> {
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-client-'));
  try {
    const { bytes } = await bundleEntry(CLIENT_BUNDLE, directory);
    const code = await readFile(join(directory, 'client.js'));
    return { bytes, gzipBytes: gzipSync(code, { level: 9 }).length };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The generated block of docs/use/client.md. */
export async function clientSizeTable(): Promise<Readonly<Record<string, string>>> {
  const { bytes, gzipBytes } = await measureClient();
  const kilobytes = (count: number) => `${(count / 1000).toFixed(1)} kB`;
  return {
    'client-size': `| \`ocr-courier/client\` | size |\n|---|---:|\n| minified | ${kilobytes(bytes)} |\n| minified, gzip | ${kilobytes(gzipBytes)} |\n`,
  };
}
