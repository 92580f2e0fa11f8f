import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { IMAGE_REFUSED_DETAIL_TYPE } from '../../../functions/contracts/image-event.ts';
import { OUTCOMES } from '../../../functions/contracts/outcomes.ts';
import { glueColumns, TERMINAL_EVENT_COLUMNS } from '../../../lib/analysis/glue-columns.ts';
import { EVENT_EXAMPLES } from '../../../scripts/event-examples.ts';
import { isProperties } from '../../support/synthesis.ts';

/** Returns the type of the column or struct field for each value inside of a JSON value. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

describe('the columns of terminal events', () => {
  const { columns, fieldNames } = TERMINAL_EVENT_COLUMNS;
  const known = new Set(fieldNames.values());

  it.each([...Object.values(OUTCOMES).map(({ detailType }) => detailType), IMAGE_REFUSED_DETAIL_TYPE])(
    'have every field of %s',
    (detailType) => {
      const { detail } = Object(EVENT_EXAMPLES.get(detailType));
      const fields = fieldsOf(detail);

      expect(fields.length).toBeGreaterThan(10);
      expect(fields.filter((field) => !known.has(field))).toEqual([]);
      const names = columns.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(Object.keys(detail).map((field) => field.toLowerCase())));
    },
  );

  it('have the types that Athena needs', () => {
    const typeOf = (name: string) => columns.find((column) => column.name === name)?.type;

    expect(typeOf('outcome')).toBe('string');
    expect(typeOf('manifest')).toBe('string');
    expect(typeOf('partial')).toBe('boolean');
    expect(typeOf('attempts')).toBe('bigint');
    expect(typeOf('messages')).toBe('array<string>');
    expect(typeOf('durations')).toBe('struct<collectingseconds:double,sincesubmittedseconds:double>');
    expect(typeOf('results')).toMatch(/^array<struct<index:bigint,type:string,contenttype:string,.*>>$/);
  });
});

describe('glueColumns', () => {
  it('refuses schemas that disagree about a field', () => {
    const columns = () => glueColumns(z.object({ size: z.int() }), z.object({ size: z.string() }));

    expect(columns).toThrow('size: got string; allowed: bigint, as in another schema');
  });

  it('refuses fields that differ only in case, because Glue has one name for both', () => {
    const schema = z.object({ inner: z.object({ taskID: z.string() }), taskId: z.string() });

    expect(() => glueColumns(schema)).toThrow('field: got taskId; allowed: taskID, which has the same name');
  });

  it('refuses a type without a counterpart', () => {
    expect(() => glueColumns(z.object({ any: z.unknown() }))).toThrow('allowed: types that Glue has');
  });
});
