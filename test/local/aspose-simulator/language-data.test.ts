import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInstalledLanguageData, readLanguage } from '../../../local/aspose-simulator/language-data.ts';

const everyLanguage = (code: string) => `data/${code}`;
const noLanguage = () => undefined;

describe('readLanguage', () => {
  it.each([
    ['English', 'eng'],
    ['english', 'eng'],
    ['GERMAN', 'deu'],
    ['Ukrainan', 'ukr'],
    ['Dutch', 'nld'],
    ['Netherlands', 'nld'],
    ['Chinese', 'chi_sim'],
  ])("finds Tesseract's data of %s", (name, code) => {
    expect(readLanguage(name, everyLanguage)).toEqual({ kind: 'Installed', code, directory: `data/${code}` });
  });

  it.each([
    [
      'German',
      'language: got German, whose data is not installed; allowed after npm install --save-dev @tesseract.js-data/deu',
    ],
    [
      'zulu',
      /^language: got Zulu, for which Tesseract has no data; allowed in the simulator: English, German, /,
    ],
    ['Klingon', /^language: got "Klingon"; allowed in the simulator: English, German, /],
    ['eng', /^language: got "eng"; allowed/],
    ['', /^language: got ""; allowed/],
  ])('explains in one line why %j cannot be recognized', (name, reason) => {
    expect(readLanguage(name, noLanguage)).toEqual({
      kind: 'Unsupported',
      reason: expect.stringMatching(reason),
    });
  });
});

describe('findInstalledLanguageData', () => {
  it('finds the data of an installed package', () => {
    const directory = findInstalledLanguageData('eng') ?? '';

    expect(existsSync(join(directory, 'eng.traineddata.gz'))).toBe(true);
  });

  it('finds nothing for a package that is not installed', () => {
    expect(findInstalledLanguageData('tlh')).toBeUndefined();
  });
});
