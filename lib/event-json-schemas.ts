import * as z from 'zod/mini';
import { BATCH_COMPLETED_DETAIL_TYPE } from '../functions/contracts/batch-event.ts';
import {
  batchCompletedEventSchema,
  imageRefusedEventSchema,
  TASK_EVENT_SCHEMAS,
  taskSubmittedEventSchema,
} from '../functions/contracts/delivered-events.ts';
import { IMAGE_REFUSED_DETAIL_TYPE } from '../functions/contracts/image-event.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../functions/contracts/outcomes.ts';
import { EVENT_SOURCE, SUBMITTED_DETAIL_TYPE } from '../functions/contracts/task-event.ts';

export interface EventJsonSchema {
  readonly detailType: string;
  /** Follows EventBridge's own naming: `<source>@<detail-type without spaces>`. */
  readonly schemaName: string;
  /** JSON Schema draft 4, the only draft that EventBridge's schema registry accepts. */
  readonly jsonSchema: object;
}

/**
 * A JSON Schema for each event that the courier publishes or accepts, for the schema registry and
 * docs/events.
 */
export const EVENT_JSON_SCHEMAS: readonly EventJsonSchema[] = [
  eventJsonSchema(SUBMITTED_DETAIL_TYPE, taskSubmittedEventSchema),
  ...OUTCOME_NAMES.map((outcome) =>
    eventJsonSchema(OUTCOMES[outcome].detailType, TASK_EVENT_SCHEMAS[outcome], EVENT_SOURCE),
  ),
  eventJsonSchema(IMAGE_REFUSED_DETAIL_TYPE, imageRefusedEventSchema, EVENT_SOURCE),
  eventJsonSchema(BATCH_COMPLETED_DETAIL_TYPE, batchCompletedEventSchema, EVENT_SOURCE),
];

function eventJsonSchema(detailType: string, schema: z.ZodMiniType, source?: string): EventJsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-4',
    // Fields with a default are optional, and unknown fields are allowed, because later versions
    // may add some.
    io: 'input',
    override: ({ jsonSchema }) => {
      // Removes the bounds of JavaScript numbers and zod's patterns for formats, which do not help
      // a reader.
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
