import type { ReceivedResult } from '../core/task-answer.ts';
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
  let group: Uint8Array = new Uint8Array();
  let padded = false;
  let data: ReceivedResult['data'] | undefined;

  function write(characters: Uint8Array): void {
    if (kind === 'undecodable') {
      spool.write(characters);
      return;
    }
    const text = group.length === 0 ? characters : Buffer.concat([group, characters]);
    const whole = text.length - (text.length % 4);
    const bytes = padded ? undefined : decode(text.subarray(0, whole));
    if (bytes === undefined) {
      giveUp(text);
      return;
    }
    spool.write(bytes);
    padded = whole > 0 && text[whole - 1] === EQUALS;
    group = Uint8Array.from(text.subarray(whole));
    if (padded && group.length > 0) giveUp(group);
  }

  /** Keeps the string as it was received: what was decoded so far goes back to what it was. */
  function giveUp(rest: Uint8Array): void {
    const raw = spools.open();
    for (const piece of spool.written())
      raw.write(Buffer.from(Buffer.from(piece).toString('base64'), 'latin1'));
    discard(spool);
    raw.write(rest);
    spool = raw;
    group = new Uint8Array();
    kind = 'undecodable';
  }

  return {
    write: (characters) => {
      if (characters.length > 0) write(characters);
    },
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

/** The bytes of whole groups of four, padding allowed in the last one; undefined when they are not base64. */
function decode(groups: Uint8Array): Uint8Array | undefined {
  if (groups.length === 0) return new Uint8Array();
  // Node's decoder also takes the URL-safe alphabet.
  if (groups.includes(MINUS) || groups.includes(UNDERSCORE)) return undefined;
  const padding = groups.indexOf(EQUALS);
  const paddingLength = padding === -1 ? 0 : groups.length - padding;
  if (paddingLength > 2 || (paddingLength === 2 && groups.at(-1) !== EQUALS)) return undefined;
  const text = Buffer.from(groups.buffer, groups.byteOffset, groups.length).toString('latin1');
  const bytes = Buffer.from(text, 'base64');
  // Every character that the decoder dropped is missing here.
  if (bytes.length !== (groups.length / 4) * 3 - paddingLength) return undefined;
  // The bits that padding leaves over must be zero, or the text could not be restored.
  const lastBytes = bytes.subarray(bytes.length - (3 - paddingLength));
  return paddingLength === 0 || text.endsWith(lastBytes.toString('base64')) ? bytes : undefined;
}
