/** Names that several files export on purpose, each with the reason. */
const ALLOWED: Readonly<Record<string, string>> = {
  handler: 'Lambda calls the entry point of each function by this name',
  createHandler: 'each Lambda has the same form: read one, know all',
};

const EXPORT =
  /^export (?:default )?(?:abstract |async )*(?:function\*?|class|interface|type|const|let|enum) (\w+)/gm;

/** Finds functions, types and constants that two files export under one name. */
export function repeatedNames(sources: ReadonlyMap<string, string>): string[] {
  const paths = new Map<string, Set<string>>();
  for (const [path, source] of sources) {
    for (const [, name = ''] of source.matchAll(EXPORT)) {
      paths.set(name, (paths.get(name) ?? new Set()).add(path));
    }
  }
  return [...paths]
    .filter(([name, { size }]) => size > 1 && !Object.hasOwn(ALLOWED, name))
    .map(([name, files]) => `${[...files].join(', ')}: got the exported name '${name}' twice; allowed: once`);
}
