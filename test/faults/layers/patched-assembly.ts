import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ensureAssembly } from '../../../local/embedded-aws/synthesis.ts';

/** The synthesised stack with its template's text changed, until the test ends. */
export async function patchedAssembly(patch: (template: string) => string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'patched-assembly-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await cp(await ensureAssembly(), directory, { recursive: true });
  const templates = (await readdir(directory)).filter((name) => name.endsWith('.template.json'));
  for (const name of templates) {
    const template = await readFile(join(directory, name), 'utf8');
    const patched = patch(template);
    if (patched === template) throw new Error('the patch changes nothing');
    await writeFile(join(directory, name), patched);
  }
  return directory;
}
