import draft04 from 'ajv-draft-04';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { EVENT_JSON_SCHEMAS } from '../../lib/event-json-schemas.ts';

/** What Ajv, which knows nothing of zod, has against an event: `/detail/outcome must be string`; undefined if nothing. */
export function faultOf(detailType: string, event: unknown): string | undefined {
  const found = EVENT_JSON_SCHEMAS.find((schema) => schema.detailType === detailType);
  if (found === undefined) return `there is no schema of ${detailType}`;
  const ajv = new draft04.default({
    formats: fullFormats,
    keywords: ['x-amazon-events-detail-type', 'x-amazon-events-source'],
    strictTypes: false,
  });
  ajv.validate(found.jsonSchema, event);
  return ajv.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}
