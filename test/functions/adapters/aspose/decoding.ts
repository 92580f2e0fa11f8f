import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import {
  type Base64Document,
  createBase64Document,
} from '../../../../functions/adapters/aspose/base64-document.ts';
import { createResponseScanner } from '../../../../functions/adapters/aspose/response-scanner.ts';
import { createSpools } from '../../../../functions/adapters/aspose/spool.ts';
import { bytesOf } from '../../../support/content-bytes.ts';

/** One document of a response: its bytes, or its characters when they are not base64. */
export interface Decoded {
  readonly kind: 'decoded' | 'undecodable' | 'missing';
  readonly hex: string;
}

/** Decodes a response with the project's scanner, which receives it cut at these places. */
export async function decode(text: string, cuts: readonly number[]): Promise<Decoded[]> {
  const spools = createSpools();
  try {
    const documents: Base64Document[] = [];
    const scanner = createResponseScanner(() => {
      const document = createBase64Document(spools);
      documents.push(document);
      return document;
    });
    for (const piece of pieces(Buffer.from(text), cuts)) scanner.write(piece);
    return await Promise.all(
      resultsOf(scanner.end()).map(async (sink) => {
        const data = sink === null ? undefined : documents[Number(sink)]?.data();
        if (data === undefined || data.kind === 'missing') return { kind: 'missing', hex: '' };
        return { kind: data.kind, hex: (await bytesOf(data.content)).toString('hex') };
      }),
    );
  } finally {
    spools.close();
  }
}

/**
 * Decodes a response with JSON.parse and Buffer.from, as a reference. Buffer.from accepts invalid
 * base64, so only text that it encodes to the same characters is base64.
 */
export function decodeNaively(text: string): Decoded[] {
  return resultsOf(JSON.parse(text)).map((characters) => {
    if (characters === null) return { kind: 'missing', hex: '' };
    const bytes = Buffer.from(characters, 'base64');
    return bytes.toString('base64') === characters
      ? { kind: 'decoded', hex: bytes.toString('hex') }
      : { kind: 'undecodable', hex: Buffer.from(characters).toString('hex') };
  });
}

function resultsOf(response: unknown): (string | null)[] {
  const results: unknown =
    typeof response === 'object' && response !== null && Reflect.get(response, 'results');
  if (!Array.isArray(results)) return [];
  return results.map((result) => (typeof result.data === 'string' ? result.data : null));
}

/** Cuts bytes at these places, which may be larger than the bytes are long. */
export function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.map((place, index) => bytes.subarray(place, places[index + 1] ?? bytes.length));
}

/** Generates places to cut at. */
export const cuts = fc.array(fc.nat(), { maxLength: 20 });

/** Generates the text of a response whose documents have at most this many bytes. */
export function responseTexts(maxBytes: number): fc.Arbitrary<string> {
  const base64 = fc
    .tuple(fc.nat(maxBytes), fc.nat())
    .map(([length, seed]) => noise(length, seed).toString('base64'));
  // These bytes are only `+` and `/` in base64, which JSON writers escape.
  const fullOfEscapes = fc
    .nat(maxBytes)
    .map((length) => Buffer.alloc(length, 'fbefbefff', 'hex').toString('base64'));
  const almostBase64 = fc
    .tuple(base64, fc.nat(), fc.constantFrom('=', ' ', '\n', '-', '_', '\\', '"', 'é', '漢', '\u0000', 'A'))
    .map(([text, place, insert]) => {
      const at = place % (text.length + 1);
      return `${text.slice(0, at)}${insert}${text.slice(at)}`;
    });
  const data = fc.oneof(
    { weight: 5, arbitrary: base64 },
    { weight: 2, arbitrary: fullOfEscapes },
    { weight: 2, arbitrary: almostBase64 },
    fc.string({ unit: 'binary' }),
    fc.constant(null),
  );
  const type = fc.oneof(fc.constantFrom('Text', 'Pdf', 'say "data":"', '\\'), fc.constant(null));
  const result = fc.tuple(type, data, fc.boolean());
  return fc
    .tuple(fc.array(result, { maxLength: 6 }), fc.constantFrom('', ' ', '\r\n\t'), fc.nat())
    .map(([results, space, seed]) => writeResponse(results, space, seed));
}

/** Returns pseudo-random bytes, faster than fast-check generates them. */
function noise(length: number, seed: number): Buffer {
  const key = Buffer.alloc(16, String(seed));
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** Writes a response in one of the ways that JSON allows: white space, order of fields, escapes. */
function writeResponse(
  results: readonly (readonly [string | null, string | null, boolean])[],
  space: string,
  seed: number,
): string {
  const written = results.map(([type, data, dataFirst]) => {
    const fields = [`"type":${space}${writeString(type, seed)}`, `"data":${space}${writeString(data, seed)}`];
    return `{${space}${(dataFirst ? fields.toReversed() : fields).join(`,${space}`)}${space}}`;
  });
  return `${space}{"id":null,${space}"results"${space}:${space}[${written.join(',')}],"error":null}${space}`;
}

/** Writes a string with some characters escaped; the seed decides which ones and how. */
function writeString(text: string | null, seed: number): string {
  if (text === null) return 'null';
  const every = (seed % 7) + 1;
  const characters = Array.from(text, (character, index) => {
    if (character === '/' && seed % 2 === 0) return '\\/';
    const code = character.charCodeAt(0);
    const escapes = (character === '+' && seed % 3 === 0) || (index % 64 < every && seed % 5 === 0);
    // A surrogate pair would need two escapes.
    if (!escapes || character.length > 1) return JSON.stringify(character).slice(1, -1);
    const digits = code.toString(16).padStart(4, '0');
    return `\\u${seed % 2 === 0 ? digits : digits.toUpperCase()}`;
  });
  return `"${characters.join('')}"`;
}
