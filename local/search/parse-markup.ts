import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Handler, Parser } from 'htmlparser2';

/** Parsing as much takes about a millisecond. Then other work gets a turn. */
const CHARACTERS_PER_TURN = 32 * 1024;

/** The parser's time grows with the square of the depth. Documents have a depth of tens. */
const MAX_DEPTH = 10_000;

export type MarkupHandler = Partial<Pick<Handler, 'onopentag' | 'ontext' | 'onclosetag'>>;

/**
 * Parses untrusted HTML or XML. The end of a document that is nested too deeply is left out.
 *
 * @param hasEnough whether the rest of the document is of no interest
 */
export async function parseMarkup(
  content: string,
  handler: MarkupHandler,
  hasEnough: () => boolean,
): Promise<void> {
  let depth = 0;
  const parser = new Parser({
    ...handler,
    onopentagname() {
      depth += 1;
    },
    onclosetag(name, isImplied) {
      depth -= 1;
      handler.onclosetag?.(name, isImplied);
    },
  });
  for (let start = 0; start < content.length; start += CHARACTERS_PER_TURN) {
    if (start > 0) await nextTurn();
    if (depth > MAX_DEPTH || hasEnough()) break;
    parser.write(content.slice(start, start + CHARACTERS_PER_TURN));
  }
  parser.end();
}
