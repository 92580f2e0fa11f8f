import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  author: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]).optional(),
});

const INTRODUCTION = `The functions, the client and the commands in this folder contain code of the packages below.
Each package is followed by its license.
`;

const RULE = `\n${'-'.repeat(80)}\n\n`;

/**
 * Returns the names, versions and licenses of packages. A license that several packages share
 * occurs once.
 *
 * @throws Error for a package whose license is neither in its folder nor in `scripts/licenses`
 */
export async function thirdPartyNotices(packageFolders: readonly string[]): Promise<string> {
  const packagesByLicense = new Map<string, string[]>();
  for (const folder of packageFolders) {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
    const text = await licenseOf(folder, manifest);
    const names = packagesByLicense.get(text) ?? [];
    packagesByLicense.set(text, [...names, `${manifest.name}@${manifest.version} (${manifest.license})`]);
  }
  const sections = [...packagesByLicense].map(([text, names]) => `${names.sort().join('\n')}\n\n${text}\n`);
  return [INTRODUCTION, ...sections.sort()].join(RULE);
}

/** Returns the text of a package's license and notice files. */
async function licenseOf(folder: string, manifest: z.infer<typeof manifestSchema>): Promise<string> {
  const files = (await readdir(folder)).filter((file) =>
    /^(licen[cs]e|copying|notice)[^.]*(\.md|\.txt)?$/i.test(file),
  );
  if (files.length === 0) return await standardLicense(folder, manifest);
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  return texts.map((text) => text.trim()).join('\n\n');
}

/** Returns the standard text, after the copyright line of the README, or of the author. */
async function standardLicense(
  folder: string,
  { name, license, author }: z.infer<typeof manifestSchema>,
): Promise<string> {
  const standard = join(import.meta.dirname, 'licenses', `${license}.txt`);
  const text = await readFile(standard, 'utf8').catch((cause: unknown) => {
    throw new Error(`${name}: got no license file; allowed: a license with a text in ${standard}`, { cause });
  });
  const readme = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  const copyright = /Copyright \(c\).*/.exec(readme)?.[0] ?? `Copyright (c) ${author ?? name}`;
  return `${copyright}\n\n${text.trim()}`;
}
