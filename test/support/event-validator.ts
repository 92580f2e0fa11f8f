import type { ValidateFunction } from 'ajv';
import draft04 from 'ajv-draft-04';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { EVENT_JSON_SCHEMAS } from '../../lib/event-json-schemas.ts';

const validators = new Map<string, ValidateFunction>();

/** What Ajv, which knows nothing of zod, has against an event: `/detail/outcome must be string`; undefined if nothing. */
export function faultOf(detailType: string, event: unknown): string | undefined {
  const validate = validators.get(detailType) ?? compile(detailType);
  if (validate === undefined) return `there is no schema of ${detailType}`;
  validate(event);
  return validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}

/** Once for each schema: it takes far longer than a validation. */
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
