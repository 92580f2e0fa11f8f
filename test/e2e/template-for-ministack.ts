import { z } from 'zod';

type Properties = Readonly<Record<string, unknown>>;

/** What MiniStack 1.5.33 refuses, by type. docs/e2e.md says what stands in for it, and a test holds the two in step. */
export const REFUSED: Readonly<Record<string, (properties: Properties) => boolean>> = {
  'AWS::Events::Archive': () => true,
  'AWS::EventSchemas::Registry': () => true,
  'AWS::EventSchemas::Schema': () => true,
  'AWS::CloudWatch::CompositeAlarm': () => true,
  // Of a metric that is calculated from others.
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

/** A template as MiniStack can take it, and what was done to it, a line each. */
export interface AdaptedTemplate {
  readonly template: object;
  readonly changes: readonly string[];
}

/**
 * The synthesised template without what MiniStack cannot take, and with the simulator for Aspose.
 *
 * The base URL is set here, as the construct takes nothing but https.
 */
export function templateForMiniStack(synthesised: unknown, asposeBaseUrl: string): AdaptedTemplate {
  const template = structuredClone(templateSchema.parse(synthesised));
  const changes: string[] = [];
  const leftOut = Object.entries(template.Resources).filter(
    ([, { Type, Properties = {} }]) => REFUSED[Type]?.(Properties) ?? false,
  );
  for (const [logicalId, { Type }] of leftOut) {
    delete template.Resources[logicalId];
    changes.push(`left out: ${Type} ${logicalId}`);
  }
  const gone = leftOut.map(([logicalId]) => logicalId);
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
