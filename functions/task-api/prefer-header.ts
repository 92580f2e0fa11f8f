/** Elements of a list, separated by commas outside of quotation marks. */
const ELEMENT = /(?:"(?:[^"\\]|\\.)*"?|[^",])+/gs;

/** A preference `wait` with its value and parameters. */
const WAIT = /^wait[ \t]*(?:=([^;]*))?(?:;.*)?$/is;

/** Seconds as a token, or as a quoted string, in which any character may have a backslash. */
const SECONDS = /^(?:(\d+)|"((?:\\?\d)+)")$/;

/**
 * Reads the preference `wait` of a Prefer header (RFC 7240). API Gateway joins several headers with
 * commas. As the RFC says, the first `wait` counts, and one that is malformed is ignored.
 *
 * @returns seconds; undefined when the header has no valid `wait`
 */
export function preferredWaitSeconds(prefer = ''): number | undefined {
  const waits = (prefer.match(ELEMENT) ?? []).map((element) => WAIT.exec(element.trim()));
  const [, value = ''] = waits.find((wait) => wait !== null) ?? [];
  const [, token, quoted = ''] = SECONDS.exec(value.trim()) ?? [];
  const digits = token ?? quoted.replaceAll('\\', '');
  return digits === '' ? undefined : Number(digits);
}
