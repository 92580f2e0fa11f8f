import * as z from 'zod/mini';
import { type ImageSettings, imageSettingsSchema } from '../contracts/image-settings.ts';
import type { OperationName } from '../contracts/operations.ts';
import { InvalidInput, parseInput } from './invalid-input.ts';
import { parseJson } from './parse-json.ts';

/**
 * Parses the settings of an image, whose names may be in any case.
 *
 * @throws InvalidInput for the first setting that the operation does not take
 */
export function parseImageSettings(operation: OperationName, settings: unknown): ImageSettings {
  const schema = z.object({ settings: imageSettingsSchema(operation) });
  return parseInput(schema, { settings: normalizeSettings(settings) }).settings;
}

const NAMES = [
  'language',
  'resultType',
  'resultTypeTable',
  'rotate',
  'makeSkewCorrect',
  'makeBinarization',
  'makeSpellCheck',
  'makeContrastCorrection',
  'makeUpsampling',
  'dsrMode',
  'dsrConfidence',
  'regions',
] as const satisfies readonly (keyof ImageSettings)[];

const CANONICAL_NAMES: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [name.toLowerCase(), name]));

/**
 * Gives every setting its usual name. The case of a name does not matter, because S3 turns the
 * names of metadata into lower case, and Aspose itself writes `Rotate`. Null counts as absent.
 * Other values and unknown names are returned for the schema to refuse.
 *
 * @throws InvalidInput when a setting is given twice
 */
export function normalizeSettings(settings: unknown): unknown {
  if (settings === undefined || settings === null) return {};
  if (typeof settings !== 'object' || Array.isArray(settings)) return settings;
  const normalized = new Map<string, unknown>();
  for (const [given, value] of Object.entries(settings)) {
    if (value === null) continue;
    const name = CANONICAL_NAMES.get(given.toLowerCase()) ?? given;
    if (normalized.has(name)) throw new InvalidInput(`settings.${name}`, 'two values', 'one value');
    normalized.set(name, value);
  }
  return Object.fromEntries(normalized);
}

/**
 * Reads settings that are given as text: the metadata of an S3 object, or `name=value`. A text
 * without another meaning stays text, for the schema to refuse.
 */
export function settingsFromText(entries: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, readValue(name, text)]));
}

function readValue(name: string, text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  return name.toLowerCase() === 'regions' ? (parseJson(text) ?? readRegions(text) ?? text) : text;
}

/** Reads regions written as `x1,y1,x2,y2`, with a semicolon between two. */
function readRegions(text: string): unknown[] | undefined {
  const regions = text.split(';').map((region) => {
    const edges = /^\s*(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})\s*$/.exec(region);
    const [topLeftX, topLeftY, bottomRightX, bottomRightY] = edges?.slice(1).map(Number) ?? [];
    return edges && { rect: { topLeftX, topLeftY, bottomRightX, bottomRightY } };
  });
  return regions.every((region) => region !== null) ? regions : undefined;
}
