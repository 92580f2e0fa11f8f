/** The fields of an object that have a value. */
export type DefinedFields<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Omits the fields that are undefined: callers may pass them, but bodies do not have them. */
export function definedFields<Fields extends object>(fields: Fields): DefinedFields<Fields>;
export function definedFields(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The same for an object that may be absent. */
export function definedPolicy<Policy extends object>(
  policy: Policy | undefined,
): DefinedFields<Policy> | undefined {
  return policy === undefined ? undefined : definedFields(policy);
}
