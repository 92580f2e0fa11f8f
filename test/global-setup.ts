import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAssembly } from '../local/embedded-aws/synthesis.ts';

/**
 * Runs once, before the test files, which would all synthesize the stack at the same time. Their
 * temporary files get one directory, which is deleted after the last test.
 */
export default async function setup(): Promise<() => Promise<void>> {
  await ensureAssembly();
  const before = process.env['TMPDIR'];
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-tests-'));
  process.env['TMPDIR'] = directory;
  return async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(directory, { recursive: true, force: true });
  };
}
