import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import { EVENT_JSON_SCHEMAS } from './event-json-schemas.ts';

/**
 * Registers the event schemas with EventBridge, where its console and code generators find them.
 */
export class EventSchemas extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const registry = new CfnRegistry(this, 'Registry', { description: 'Events of OCR tasks' });
    for (const { detailType, schemaName, jsonSchema } of EVENT_JSON_SCHEMAS) {
      new CfnSchema(this, detailType.replaceAll(' ', ''), {
        registryName: registry.attrRegistryName,
        schemaName,
        type: 'JSONSchemaDraft4',
        description: detailType,
        content: JSON.stringify(jsonSchema),
      });
    }
  }
}
