import * as z from 'zod/mini';
import { TASK_EVENT_SCHEMAS, taskSubmittedEventSchema } from '../functions/contracts/delivered-events.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../functions/contracts/outcomes.ts';
import { EVENT_SOURCE, SUBMITTED_DETAIL_TYPE } from '../functions/contracts/task-event.ts';

export interface EventJsonSchema {
  readonly detailType: string;
  /** As EventBridge names the schemas that it discovers: `<source>@<detail-type without spaces>`. */
  readonly schemaName: string;
  /** JSON Schema draft 4, the one draft that EventBridge's schema registry takes. */
  readonly jsonSchema: object;
}

/** A JSON Schema of each event of ours, in and out: what the schema registry and docs/events hold. */
export const EVENT_JSON_SCHEMAS: readonly EventJsonSchema[] = [
  eventJsonSchema(SUBMITTED_DETAIL_TYPE, taskSubmittedEventSchema),
  ...OUTCOME_NAMES.map((outcome) =>
    eventJsonSchema(OUTCOMES[outcome].detailType, TASK_EVENT_SCHEMAS[outcome], EVENT_SOURCE),
  ),
];

function eventJsonSchema(detailType: string, schema: z.ZodMiniType, source?: string): EventJsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-4',
    // What may be sent: defaults may be left out, and a subscriber must put up with fields that are added later.
    io: 'input',
    override: ({ jsonSchema }) => {
      // The bounds of JavaScript's numbers, and zod's own idea of a format, tell a reader nothing.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return {
    detailType,
    schemaName: `${EVENT_SOURCE}@${detailType.replaceAll(' ', '')}`,
    jsonSchema: {
      $schema,
      title: detailType,
      'x-amazon-events-detail-type': detailType,
      ...(source !== undefined && { 'x-amazon-events-source': source }),
      ...rest,
    },
  };
}
