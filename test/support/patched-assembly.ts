import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';
import { temporaryDirectory } from './data-fixture.ts';

/** Copies this repository's assembly with a changed template, until the test ends. */
export async function patchedAssembly(patch: (template: string) => string): Promise<string> {
  const directory = await temporaryDirectory();
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
