import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { LANGUAGES } from '../../functions/contracts/languages.ts';
import { TESSERACT_LANGUAGES } from './tesseract-languages.ts';

/**
 * Finds the directory with the data of a language of Tesseract, `<code>.traineddata.gz`. Undefined
 * when there is none.
 */
export type FindLanguageData = (code: string) => string | undefined;

/** Finds the data of an installed package `@tesseract.js-data/<code>`. */
export const findInstalledLanguageData: FindLanguageData = (code) => {
  const data = `@tesseract.js-data/${code}/4.0.0_best_int/${code}.traineddata.gz`;
  try {
    return dirname(createRequire(import.meta.url).resolve(data));
  } catch {
    return undefined;
  }
};

/** Aspose's names of the languages that can be recognized, once their data is installed. */
export const RECOGNIZABLE_LANGUAGES = Object.keys(TESSERACT_LANGUAGES).join(', ');

const ALLOWED = `in the simulator: ${RECOGNIZABLE_LANGUAGES}`;

type LanguageName = (typeof LANGUAGES)[number];

/** Finds a language by Aspose's name, in any letter case. */
export function findLanguage(name: string): LanguageName | undefined {
  return LANGUAGES.find((known) => known.toLowerCase() === name.toLowerCase());
}

/** A language whose data is installed. */
export interface InstalledLanguage {
  readonly kind: 'Installed';
  /** Tesseract's. */
  readonly code: string;
  readonly directory: string;
}

type LanguageData = InstalledLanguage | { readonly kind: 'Unsupported'; readonly reason: string };

/** Finds the data of a language by Aspose's name. */
export function readLanguage(name: string, findData: FindLanguageData): LanguageData {
  const language = findLanguage(name);
  if (language === undefined) return unsupported(JSON.stringify(name), ALLOWED);
  const code = TESSERACT_LANGUAGES[language];
  if (code === undefined) {
    return unsupported(`${language}, for which Tesseract has no data`, ALLOWED);
  }
  const directory = findData(code);
  if (directory !== undefined) return { kind: 'Installed', code, directory };
  const command = `npm install --save-dev @tesseract.js-data/${code}`;
  return unsupported(`${language}, whose data is not installed`, `after ${command}`);
}

function unsupported(got: string, allowed: string): LanguageData {
  return { kind: 'Unsupported', reason: `language: got ${got}; allowed ${allowed}` };
}
