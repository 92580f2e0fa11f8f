import type { ReceivedResult } from '../../core/vendor-response.ts';
import type { DataSink } from './data-sink.ts';
import type { Spools } from './spool.ts';

const EQUALS = 0x3d;
const MINUS = 0x2d;
const UNDERSCORE = 0x5f;

/** Decodes the characters of one base64 string. */
export interface Base64Document extends DataSink {
  /** After `end`: the decoded bytes, or the characters as received if they are not valid base64. */
  data(): ReceivedResult['data'];
}

/**
 * Decodes base64 strictly: the alphabet and padding of RFC 4648, section 4, without white space.
 * Node's decoder skips invalid characters, which would shorten documents silently.
 */
export function createBase64Document(spools: Spools): Base64Document {
  let spool = spools.open();
  let kind: 'decoded' | 'undecodable' = 'decoded';
  /** Characters of an incomplete group of four. */
  let group = Buffer.alloc(0);
  let padded = false;
  let data: ReceivedResult['data'] | undefined;
  /** Reused for each piece, to avoid garbage of the document's size. */
  let decoded = Buffer.alloc(0);

  function write(characters: Buffer): void {
    const missing = group.length === 0 ? 0 : 4 - group.length;
    if (missing > 0) {
      const joined = Buffer.concat([group, characters.subarray(0, missing)]);
      group = Buffer.alloc(0);
      decodeFromGroup(joined);
    }
    decodeFromGroup(characters.subarray(missing));
  }

  /** Decodes characters that start at a group boundary. */
  function decodeFromGroup(characters: Buffer): void {
    if (characters.length === 0) return;
    if (kind === 'undecodable') {
      spool.write(characters);
      return;
    }
    const whole = characters.length - (characters.length % 4);
    const bytes = padded ? undefined : decodeGroups(characters.subarray(0, whole));
    if (bytes === undefined) {
      keepUndecoded(characters);
      return;
    }
    spool.write(bytes);
    padded = whole > 0 && characters[whole - 1] === EQUALS;
    group = Buffer.from(characters.subarray(whole));
    if (padded && group.length > 0) keepUndecoded(group);
  }

  function decodeGroups(groups: Buffer): Buffer | undefined {
    const length = (groups.length / 4) * 3;
    if (decoded.length < length) decoded = Buffer.allocUnsafe(length);
    return decode(groups, decoded);
  }

  /** Keeps the string as received: encodes the decoded part again and appends the rest. */
  function keepUndecoded(rest: Buffer): void {
    const raw = spools.open();
    for (const piece of spool.written())
      raw.write(Buffer.from(Buffer.from(piece).toString('base64'), 'latin1'));
    spool.end();
    raw.write(rest);
    spool = raw;
    group = Buffer.alloc(0);
    kind = 'undecodable';
  }

  return {
    write,
    end() {
      if (kind === 'decoded' && group.length > 0) keepUndecoded(group);
      data = { kind, content: spool.end() };
    },
    data: () => data ?? { kind: 'missing' },
  };
}

/**
 * Decodes complete groups of four. Only the last one may be padded.
 *
 * @param target a buffer that is long enough; its content is overwritten
 * @returns the bytes, a view of `target`; undefined when the groups are not valid base64
 */
function decode(groups: Buffer, target: Buffer): Buffer | undefined {
  if (groups.length === 0) return groups;
  // Node's decoder would accept the URL-safe alphabet, too.
  if (groups.includes(MINUS) || groups.includes(UNDERSCORE)) return undefined;
  const padding = groups.indexOf(EQUALS);
  const paddingLength = padding === -1 ? 0 : groups.length - padding;
  if (paddingLength > 2 || (paddingLength === 2 && groups.at(-1) !== EQUALS)) return undefined;
  const text = groups.toString('latin1');
  const length = target.write(text, 'base64');
  // The result is shorter if the decoder skipped a character.
  if (length !== (groups.length / 4) * 3 - paddingLength) return undefined;
  // The unused bits before the padding must be zero, otherwise the text could not be restored.
  const lastBytes = target.subarray(length - (3 - paddingLength), length);
  if (paddingLength > 0 && !text.endsWith(lastBytes.toString('base64'))) return undefined;
  return target.subarray(0, length);
}
