import * as z from 'zod/mini';
import { imageRefusedDetailSchema } from '../../functions/contracts/image-event.ts';
import { taskEventDetailSchema } from '../../functions/contracts/task-event.ts';

/** A column of a Glue table. */
export interface GlueColumn {
  readonly name: string;
  /** A type in Hive's notation, such as `array<struct<index:bigint>>`. */
  readonly type: string;
  readonly comment?: string;
}

interface GlueColumns {
  readonly columns: readonly GlueColumn[];
  /** The names of the event's fields by those of Glue, which has lower-case names only. */
  readonly fieldNames: ReadonlyMap<string, string>;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Glue's limit, in characters. */
const MAX_COMMENT_LENGTH = 255;

/**
 * The columns of terminal events: the fields of tasks and of refused images. A field that only one
 * of them has is null in the lines of the other.
 */
export const TERMINAL_EVENT_COLUMNS = glueColumns(taskEventDetailSchema, imageRefusedDetailSchema);

/**
 * Makes the columns of one table out of the schemas of its lines.
 *
 * @throws TypeError when the schemas disagree about a field, or have a type without a counterpart
 */
export function glueColumns(...schemas: readonly z.ZodMiniType[]): GlueColumns {
  const columns = new Map<string, GlueColumn>();
  const fieldNames = new Map<string, string>();
  for (const schema of schemas) {
    // In OpenAPI's form, a field that may be null has a single type. In Glue, each may be null.
    const { properties = {} } = z.toJSONSchema(schema, { target: 'openapi-3.0' });
    for (const [field, property] of Object.entries(properties)) {
      const { description } = asSchema(property);
      const column = {
        name: glueName(field, fieldNames),
        type: glueType(property, fieldNames),
        ...(description !== undefined && { comment: description.slice(0, MAX_COMMENT_LENGTH) }),
      };
      const known = columns.get(column.name);
      if (known !== undefined && known.type !== column.type) {
        throw new TypeError(`${field}: got ${column.type}; allowed: ${known.type}, as in another schema`);
      }
      columns.set(column.name, known ?? column);
    }
  }
  return { columns: [...columns.values()], fieldNames };
}

function glueType(property: z.core.JSONSchema._JSONSchema, fieldNames: Map<string, string>): string {
  const schema = asSchema(property);
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'integer':
      return 'bigint';
    case 'number':
      return 'double';
    case 'array':
      if (schema.items === undefined || Array.isArray(schema.items)) break;
      return `array<${glueType(schema.items, fieldNames)}>`;
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(
        ([field, inner]) => `${glueName(field, fieldNames)}:${glueType(inner, fieldNames)}`,
      );
      if (fields.length > 0) return `struct<${fields.join(',')}>`;
    }
  }
  throw new TypeError(`schema: got ${JSON.stringify(schema)}; allowed: types that Glue has`);
}

function glueName(field: string, fieldNames: Map<string, string>): string {
  const name = field.toLowerCase();
  const known = fieldNames.get(name);
  // The names are mapped to fields wherever they occur.
  if (known !== undefined && known !== field) {
    throw new TypeError(`field: got ${field}; allowed: ${known}, which has the same name in Glue`);
  }
  fieldNames.set(name, field);
  return name;
}

function asSchema(property: z.core.JSONSchema._JSONSchema): JsonSchema {
  return typeof property === 'boolean' ? {} : property;
}
