import { z } from 'zod';

type Properties = Readonly<Record<string, unknown>>;

/** Resources that MiniStack 1.5.33 refuses. docs/contribute/testing.md lists their types. */
export const REFUSED_RESOURCES: Readonly<Record<string, (properties: Properties) => boolean>> = {
  'AWS::Events::Archive': () => true,
  'AWS::EventSchemas::Registry': () => true,
  'AWS::EventSchemas::Schema': () => true,
  'AWS::CloudWatch::CompositeAlarm': () => true,
  // Alarms with metric math.
  'AWS::CloudWatch::Alarm': ({ Metrics }) => Metrics !== undefined,
};

const templateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z.looseObject({}).optional(),
      DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
    }),
  ),
});

const functionSchema = z.looseObject({
  Environment: z.looseObject({ Variables: z.record(z.string(), z.unknown()) }),
});

/** A template that MiniStack accepts, and a line for each change. */
export interface AdaptedTemplate {
  readonly template: object;
  readonly changes: readonly string[];
}

/**
 * Removes the resources that MiniStack refuses and replaces Aspose by the simulator.
 *
 * The base URL is replaced here because the construct accepts only https.
 */
export function templateForMiniStack(synthesized: unknown, asposeBaseUrl: string): AdaptedTemplate {
  const template = structuredClone(templateSchema.parse(synthesized));
  const changes: string[] = [];
  const removed = Object.entries(template.Resources).filter(
    ([, { Type, Properties = {} }]) => REFUSED_RESOURCES[Type]?.(Properties) ?? false,
  );
  for (const [logicalId, { Type }] of removed) {
    delete template.Resources[logicalId];
    changes.push(`removed: ${Type} ${logicalId}`);
  }
  const gone = removed.map(([logicalId]) => logicalId);
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (resource.DependsOn !== undefined) {
      resource.DependsOn = [resource.DependsOn].flat().filter((name) => !gone.includes(name));
    }
    const variables = functionSchema.safeParse(resource.Properties).data?.Environment.Variables;
    if (resource.Type !== 'AWS::Lambda::Function' || variables?.['ASPOSE_BASE_URL'] === undefined) continue;
    resource.Properties = {
      ...resource.Properties,
      Environment: { Variables: { ...variables, ASPOSE_BASE_URL: asposeBaseUrl } },
    };
    changes.push(`changed: ASPOSE_BASE_URL of ${logicalId} is ${asposeBaseUrl}`);
  }
  return { template, changes };
}
