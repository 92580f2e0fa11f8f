type Defined<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/**
 * Omits the fields that are undefined, so that an object with optional fields can be built in one
 * spread.
 */
export function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields>;
export function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
