/**
 * One thing that may stand before the root element of an XML document: space, a processing
 * instruction, a comment or a document type declaration.
 */
const PROLOG_ITEM = /\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>/isy;

const SVG_ELEMENT = /<(?:[\w.-]+:)?svg[\s/>]/y;

/** The beginning of an item whose end is not in the head, or not where it is expected. */
const UNREADABLE_ITEM = /<[!?]/y;

/**
 * Whether a file is an SVG image: an XML document whose root element is `svg`.
 *
 * @param head the first bytes; a declaration or a comment without an end there counts as SVG
 */
export function isSvg(head: Uint8Array): boolean {
  const xml = decodeXml(head);
  let at = 0;
  for (;;) {
    const item = matchAt(PROLOG_ITEM, xml, at);
    if (item === undefined) break;
    at += item.length;
  }
  return matchAt(SVG_ELEMENT, xml, at) !== undefined || matchAt(UNREADABLE_ITEM, xml, at) !== undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** XML is UTF-8 or, after a byte order mark, UTF-16. The decoder removes the mark. */
function decodeXml(head: Uint8Array): string {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(head);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(head);
  return new TextDecoder().decode(head);
}
