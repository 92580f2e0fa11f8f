import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OcrCourierStack } from '../../lib/ocr-courier-stack.ts';

/** A stack with this configuration as CloudFormation sees it, but for the functions' code, which is not bundled. */
export function synthesise(configuration?: unknown): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new OcrCourierStack(app, 'Stack', { configuration }));
}

export type Properties = Record<string, unknown>;

/** Whether a value is an object, as most of a template is. */
export function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The properties of the one resource of a type that has this in its logical id, with references to others written
 * as `<LogicalId>`, to their attributes as `<LogicalId.Attribute>`.
 */
export function propertiesOf(template: Template, type: string, id = ''): Properties {
  const [found, ...others] = Object.entries(template.findResources(type)).filter(([key]) => key.includes(id));
  if (found === undefined || others.length > 0)
    throw new Error(`there are ${others.length} ${type} ${id} more`);
  const resolved = resolveReferences(found[1]);
  const properties = isProperties(resolved) ? resolved['Properties'] : undefined;
  if (!isProperties(properties)) throw new Error(`${type} ${id} has no properties`);
  return properties;
}

/** Logical ids without what CDK appends to them. */
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
    return join[1].map(resolveReferences).join(String(join[0]));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveReferences(inner)]));
}
