import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { OcrCourierStack } from '../../lib/ocr-courier-stack.ts';

/** Synthesizes the stack's template, without bundling the functions. */
export function synthesize(configuration?: unknown): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new OcrCourierStack(app, 'Stack', { configuration }));
}

export type Properties = Record<string, unknown>;

/** Returns whether a value is a plain object. */
export function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Returns the properties of the only resource of a type whose logical id contains `id`. References
 * are written as `<LogicalId>` and `<LogicalId.Attribute>`.
 */
export function propertiesOf(template: Template, type: string, id = ''): Properties {
  const [found, ...others] = Object.entries(template.findResources(type)).filter(([key]) => key.includes(id));
  if (found === undefined || others.length > 0)
    throw new Error(`the template must have one ${type} ${id}; others: ${others.length}`);
  const resolved = resolveReferences(found[1]);
  const properties = isProperties(resolved) ? resolved['Properties'] : undefined;
  if (!isProperties(properties)) throw new Error(`${type} ${id} has no properties`);
  return properties;
}

const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({ Action: z.unknown(), Resource: z.unknown(), Condition: z.unknown().optional() }),
    ),
  }),
});

/** Returns the statements of the only IAM policy whose logical id contains `id`. */
export function statements(template: Template, id: string) {
  return policySchema.parse(propertiesOf(template, 'AWS::IAM::Policy', id)).PolicyDocument.Statement;
}

const textOf = (resolved: unknown) => (typeof resolved === 'string' ? resolved : JSON.stringify(resolved));

/** Returns a logical id without the construct's name and CDK's hash. */
const nameOf = (logicalId: unknown) =>
  String(logicalId)
    .replace(/^OcrCourier/, '')
    .replace(/[0-9A-F]{8}$/, '');

function resolveReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolveReferences);
  if (!isProperties(value)) return value;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
  if (typeof ref === 'string') return `<${nameOf(ref)}>`;
  if (Array.isArray(attribute)) return `<${nameOf(attribute[0])}.${attribute[1]}>`;
  if (Array.isArray(join) && Array.isArray(join[1]))
    return join[1].map((part) => textOf(resolveReferences(part))).join(String(join[0]));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveReferences(inner)]));
}
