/** The types of Glue, in DuckDB's notation. */
const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/**
 * Converts a type of a Glue column into DuckDB's notation.
 *
 * @param fieldNames the name in JSON of each of Glue's names, which are lower-case
 * @throws TypeError for a type that no column of the courier has
 */
export function duckDbType(glueType: string, fieldNames: Readonly<Record<string, string>>): string {
  const [, kind = '', inner = ''] = /^(array|struct)<(.*)>$/s.exec(glueType) ?? [];
  if (kind === 'array') return `${duckDbType(inner, fieldNames)}[]`;
  if (kind === 'struct') {
    const fields = splitFields(inner).map((field) => {
      const colon = field.indexOf(':');
      const name = field.slice(0, colon);
      return `"${fieldNames[name] ?? name}" ${duckDbType(field.slice(colon + 1), fieldNames)}`;
    });
    return `STRUCT(${fields.join(', ')})`;
  }
  const primitive = PRIMITIVES[glueType];
  if (primitive === undefined) {
    throw new TypeError(
      `type: got ${glueType}; allowed: array, struct, ${Object.keys(PRIMITIVES).join(', ')}`,
    );
  }
  return primitive;
}

/** Splits at the commas that are not inside of a type. */
function splitFields(text: string): string[] {
  const fields: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, character] of [...text].entries()) {
    if (character === '<') depth += 1;
    if (character === '>') depth -= 1;
    if (character !== ',' || depth > 0) continue;
    fields.push(text.slice(start, index));
    start = index + 1;
  }
  return [...fields, text.slice(start)];
}
