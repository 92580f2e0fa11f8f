import type { ReceivedResult } from '../../core/vendor-response.ts';
import type { DataSink } from './data-sink.ts';
import type { Spool, Spools } from './spool.ts';

const EQUALS = 0x3d;
const MINUS = 0x2d;
const UNDERSCORE = 0x5f;

/** A sink whose characters are one base64 string, and what came of them. */
export interface Base64Document extends DataSink {
  /** After `end`: the decoded bytes, or the characters themselves when they are not valid base64. */
  data(): ReceivedResult['data'];
}

/**
 * Decodes base64 strictly (RFC 4648, section 4: its alphabet and its padding, no white space), which Node's decoder
 * does not: that one drops what it does not know, and so shortens documents silently.
 */
export function createBase64Document(spools: Spools): Base64Document {
  let spool = spools.open();
  let kind: 'decoded' | 'undecodable' = 'decoded';
  /** Characters that do not make a group of four yet; with padding, the last group. */
  let group = Buffer.alloc(0);
  let padded = false;
  let data: ReceivedResult['data'] | undefined;
  /** Used again for each piece: the garbage would be as large as the document. */
  let decoded = Buffer.alloc(0);

  function write(characters: Buffer): void {
    const missing = group.length === 0 ? 0 : 4 - group.length;
    if (missing > 0) {
      const joined = Buffer.concat([group, characters.subarray(0, missing)]);
      group = Buffer.alloc(0);
      take(joined);
    }
    take(characters.subarray(missing));
  }

  /** Takes characters that begin with a group. */
  function take(characters: Buffer): void {
    if (characters.length === 0) return;
    if (kind === 'undecodable') {
      spool.write(characters);
      return;
    }
    const whole = characters.length - (characters.length % 4);
    const bytes = padded ? undefined : decodeGroups(characters.subarray(0, whole));
    if (bytes === undefined) {
      giveUp(characters);
      return;
    }
    spool.write(bytes);
    padded = whole > 0 && characters[whole - 1] === EQUALS;
    group = Buffer.from(characters.subarray(whole));
    if (padded && group.length > 0) giveUp(group);
  }

  function decodeGroups(groups: Buffer): Buffer | undefined {
    const length = (groups.length / 4) * 3;
    if (decoded.length < length) decoded = Buffer.allocUnsafe(length);
    return decode(groups, decoded);
  }

  /** Keeps the string as it was received: what was decoded so far goes back to what it was. */
  function giveUp(rest: Buffer): void {
    const raw = spools.open();
    for (const piece of spool.written())
      raw.write(Buffer.from(Buffer.from(piece).toString('base64'), 'latin1'));
    discard(spool);
    raw.write(rest);
    spool = raw;
    group = Buffer.alloc(0);
    kind = 'undecodable';
  }

  return {
    write,
    end() {
      if (kind === 'decoded' && group.length > 0) giveUp(group);
      data = { kind, content: spool.end() };
    },
    data: () => data ?? { kind: 'missing' },
  };
}

/** Closes what will not be used; its file goes with its directory. */
function discard(spool: Spool): void {
  spool.end();
}

/**
 * Decodes whole groups of four, padding allowed in the last one.
 *
 * @param target long enough, and overwritten
 * @returns the bytes, in `target`; undefined when the groups are not base64
 */
function decode(groups: Buffer, target: Buffer): Buffer | undefined {
  if (groups.length === 0) return groups;
  // Node's decoder also takes the URL-safe alphabet.
  if (groups.includes(MINUS) || groups.includes(UNDERSCORE)) return undefined;
  const padding = groups.indexOf(EQUALS);
  const paddingLength = padding === -1 ? 0 : groups.length - padding;
  if (paddingLength > 2 || (paddingLength === 2 && groups.at(-1) !== EQUALS)) return undefined;
  const text = groups.toString('latin1');
  const length = target.write(text, 'base64');
  // Every character that the decoder dropped is missing here.
  if (length !== (groups.length / 4) * 3 - paddingLength) return undefined;
  // The bits that padding leaves over must be zero, or the text could not be restored.
  const lastBytes = target.subarray(length - (3 - paddingLength), length);
  if (paddingLength > 0 && !text.endsWith(lastBytes.toString('base64'))) return undefined;
  return target.subarray(0, length);
}
