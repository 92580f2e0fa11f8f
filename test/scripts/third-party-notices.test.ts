import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thirdPartyNotices } from '../../scripts/third-party-notices.ts';
import { temporaryDirectory } from '../support/data-fixture.ts';

/** Writes the files of packages. @returns the packages' folders */
async function packages(...contents: readonly Readonly<Record<string, string>>[]): Promise<string[]> {
  const directory = await temporaryDirectory();
  return await Promise.all(
    contents.map(async (files, index) => {
      const folder = join(directory, String(index));
      await mkdir(folder);
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
      return folder;
    }),
  );
}

const manifest = (name: string, more: object = {}) =>
  JSON.stringify({ name, version: '1.2.3', license: 'MIT', ...more });

describe('thirdPartyNotices', () => {
  it('contains license and notice files, under whatever name', async () => {
    const folders = await packages(
      { 'package.json': manifest('a'), LICENSE: 'License of a', NOTICE: 'Notice of a' },
      { 'package.json': manifest('b'), 'licence.md': 'License of b' },
      { 'package.json': manifest('@scope/c'), 'COPYING.txt': 'License of c', 'license-check.js': 'code' },
    );

    const notices = await thirdPartyNotices(folders);

    expect(notices).toContain('a@1.2.3 (MIT)\n\nLicense of a\n\nNotice of a\n');
    expect(notices).toContain('b@1.2.3 (MIT)\n\nLicense of b\n');
    expect(notices).toContain('@scope/c@1.2.3 (MIT)\n\nLicense of c\n');
    expect(notices).not.toContain('code\n');
  });

  it('contains a license that several packages share once', async () => {
    const folders = await packages(
      { 'package.json': manifest('b'), LICENSE: 'Shared license\n' },
      { 'package.json': manifest('a'), LICENSE: 'Shared license' },
    );

    expect(await thirdPartyNotices(folders)).toContain('a@1.2.3 (MIT)\nb@1.2.3 (MIT)\n\nShared license\n');
  });

  it.each([
    ['README', { 'README.md': 'Copyright (c) 2020 Jo' }, {}, 'Copyright (c) 2020 Jo'],
    ['author', {}, { author: { name: 'Jo' } }, 'Copyright (c) Jo'],
    ['author in one string', {}, { author: 'Jo' }, 'Copyright (c) Jo'],
  ])(
    'contains the standard text, with the copyright of the %s, for a package without a license file',
    async (_, files, more, copyright) => {
      const folders = await packages({ 'package.json': manifest('a', more), ...files });

      expect(await thirdPartyNotices(folders)).toContain(
        `a@1.2.3 (MIT)\n\n${copyright}\n\nPermission is hereby granted`,
      );
    },
  );

  it('refuses a package whose license text is unknown', async () => {
    const folders = await packages({ 'package.json': manifest('a', { license: 'Proprietary' }) });

    await expect(thirdPartyNotices(folders)).rejects.toThrow('a: got no license file; allowed: ');
  });
});
