import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface PageFile {
  readonly contentType: string;
  readonly content: string;
}

const PAGE = join(import.meta.dirname, 'page');

/** Loads the page's files by their URL paths. The modules are bundled into one script. */
export async function loadPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const [html, css, bundle] = await Promise.all([
    readFile(join(PAGE, 'index.html'), 'utf8'),
    readFile(join(PAGE, 'page.css'), 'utf8'),
    build({
      entryPoints: [join(PAGE, 'page.ts')],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      logLevel: 'silent',
    }),
  ]);
  const script = bundle.outputFiles.map(({ text }) => text).join('');
  return new Map([
    ['/', { contentType: 'text/html; charset=utf-8', content: html }],
    ['/page/page.css', { contentType: 'text/css; charset=utf-8', content: css }],
    ['/page/page.js', { contentType: 'text/javascript; charset=utf-8', content: script }],
  ]);
}
