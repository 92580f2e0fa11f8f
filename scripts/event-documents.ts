import { EVENT_JSON_SCHEMAS } from '../lib/event-json-schemas.ts';
import { EVENT_EXAMPLES } from './event-examples.ts';

/** The files of docs/events by name: one JSON Schema and one example per event. */
export function eventDocuments(): Map<string, string> {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map(
    EVENT_JSON_SCHEMAS.flatMap(({ detailType, jsonSchema }): [string, string][] => {
      const name = detailType.toLowerCase().replaceAll(' ', '-');
      return [
        [`${name}.schema.json`, json(jsonSchema)],
        [`${name}.example.json`, json(EVENT_EXAMPLES.get(detailType))],
      ];
    }),
  );
}
