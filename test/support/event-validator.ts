import type { ValidateFunction } from 'ajv';
import draft04 from 'ajv-draft-04';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { EVENT_JSON_SCHEMAS } from '../../lib/event-json-schemas.ts';

const validators = new Map<string, ValidateFunction>();

/**
 * Validates an event by its published schema, independently of zod.
 *
 * @returns a message such as `/detail/outcome must be string`; undefined when the event is valid
 */
export function faultOf(detailType: string, event: unknown): string | undefined {
  const validate = validators.get(detailType) ?? compile(detailType);
  if (validate === undefined) return `${detailType} has no schema`;
  validate(event);
  return validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}

/** Compiles a schema once, as this takes far longer than a validation. */
function compile(detailType: string): ValidateFunction | undefined {
  const found = EVENT_JSON_SCHEMAS.find((schema) => schema.detailType === detailType);
  if (found === undefined) return undefined;
  const ajv = new draft04.default({
    formats: fullFormats,
    keywords: ['x-amazon-events-detail-type', 'x-amazon-events-source'],
    strictTypes: false,
  });
  const validate = ajv.compile(found.jsonSchema);
  validators.set(detailType, validate);
  return validate;
}
