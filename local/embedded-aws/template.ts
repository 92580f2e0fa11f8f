import { z } from 'zod';
import { ACCOUNT_ID, REGION } from './aws-account.ts';
import { IDENTIFIED_TYPES, type Identity, isKnownType, type Places } from './resource-types.ts';
import { UnsupportedError } from './unsupported-error.ts';

const properties = z.record(z.string(), z.unknown());
const templateSchema = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: properties.default({}), Condition: z.string().optional() }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});

/** One resource of the template. */
export interface Resource extends Identity {
  readonly logicalId: string;
  readonly type: string;
}

/** A template whose references are resolved to local names and ARNs. */
export interface Template {
  /** Returns resources in order. Types that nothing refers to have empty names. */
  resources(...types: string[]): Resource[];
  /** Resolves and parses the properties of the schema. The others are not resolved. */
  read<Shape extends z.ZodRawShape>(
    resource: Resource,
    schema: z.ZodObject<Shape>,
  ): z.infer<z.ZodObject<Shape>>;
  /** The stack's outputs, except those that refer to a resource without a local meaning. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** The resolver throws this for a reference to a resource that has no local meaning. */
class NoLocalMeaningError extends UnsupportedError {}

const NO_IDENTITY: Identity = { name: '', arn: '', ref: '', attributes: {} };

/**
 * Reads a CloudFormation template.
 *
 * @throws UnsupportedError for an unknown resource type or intrinsic function, or a condition
 */
export function readTemplate(document: unknown, stackName: string, places: Places): Template {
  const template = templateSchema.parse(document);
  const identities = new Map<string, Identity>();
  const pseudoParameters: Record<string, unknown> = {
    'AWS::AccountId': ACCOUNT_ID,
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${stackName}/embedded`,
    'AWS::URLSuffix': 'amazonaws.com',
  };

  for (const [logicalId, { Type, Condition }] of Object.entries(template.Resources)) {
    if (!isKnownType(Type)) {
      throw new UnsupportedError(`${logicalId}: got the type ${Type}; allowed: types that run locally`);
    }
    if (Condition !== undefined && Type in IDENTIFIED_TYPES) {
      throw new UnsupportedError(`${logicalId}: got the condition ${Condition}; allowed: no condition`);
    }
  }

  function identityOf(logicalId: string, where: string): Identity {
    const known = identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = template.Resources[logicalId];
    if (resource === undefined) {
      throw new UnsupportedError(`${where}: got a reference to ${logicalId}, which is missing`);
    }
    const type = IDENTIFIED_TYPES[resource.Type];
    if (type === undefined) {
      const got = `a reference to ${logicalId}, a ${resource.Type}`;
      throw new NoLocalMeaningError(`${where}: got ${got}; allowed: resources with a local meaning`);
    }
    const chosen = resolve(resource.Properties[type.nameProperty], `${logicalId}.${type.nameProperty}`);
    // Valid for a bucket. The end of a logical id is a hash, which makes the name unique.
    const name =
      typeof chosen === 'string'
        ? chosen
        : `${stackName}-${logicalId}`.toLowerCase().slice(-63).replace(/^-/, '');
    const identity = type.identify(name, places);
    identities.set(logicalId, identity);
    return identity;
  }

  function reference(name: string, where: string): unknown {
    if (name in pseudoParameters) return pseudoParameters[name];
    const parameter = template.Parameters[name];
    if (parameter === undefined) return identityOf(name, where).ref;
    if (parameter.Default === undefined) {
      throw new UnsupportedError(`${where}: got the parameter ${name}; allowed: parameters with a default`);
    }
    return parameter.Default;
  }

  function attribute(logicalId: string, name: string, where: string): string {
    const value = identityOf(logicalId, where).attributes[name];
    if (value === undefined) {
      throw new UnsupportedError(
        `${where}: got the attribute ${name} of ${logicalId}; allowed: known attributes`,
      );
    }
    return value;
  }

  function substitute(text: string, where: string): string {
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      const dot = name.indexOf('.');
      return String(
        dot < 0 ? reference(name, where) : attribute(name.slice(0, dot), name.slice(dot + 1), where),
      );
    });
  }

  const intrinsicFunctions: Record<string, (argument: unknown, where: string) => unknown> = {
    Ref: (argument, where) => reference(z.string().parse(argument), where),
    'Fn::GetAtt': (argument, where) => {
      const [logicalId, name] = z.tuple([z.string(), z.string()]).parse(argument);
      return attribute(logicalId, name, where);
    },
    'Fn::Join': (argument, where) => {
      const [delimiter, parts] = z.tuple([z.string(), z.unknown()]).parse(argument);
      return z.array(z.coerce.string()).parse(resolve(parts, where)).join(delimiter);
    },
    'Fn::Select': (argument, where) => {
      const [index, list] = z.tuple([z.coerce.number(), z.unknown()]).parse(argument);
      return z.array(z.unknown()).parse(resolve(list, where))[index];
    },
    'Fn::Split': (argument, where) => {
      const [delimiter, text] = z.tuple([z.string(), z.unknown()]).parse(argument);
      return z.string().parse(resolve(text, where)).split(delimiter);
    },
    'Fn::Sub': (argument, where) => substitute(z.string().parse(argument), where),
  };

  function resolve(value: unknown, where: string): unknown {
    if (typeof value === 'string' && value.includes('{{resolve:')) {
      throw new UnsupportedError(`${where}: got the dynamic reference ${value}; allowed: none`);
    }
    if (Array.isArray(value)) return value.map((item) => resolve(item, where));
    if (typeof value !== 'object' || value === null) return value;
    const entries: [string, unknown][] = Object.entries(value);
    const [key, argument] = entries[0] ?? [''];
    if (entries.length === 1 && (key === 'Ref' || key.startsWith('Fn::'))) {
      const intrinsicFunction = intrinsicFunctions[key];
      if (intrinsicFunction !== undefined) return intrinsicFunction(argument, where);
      const allowed = Object.keys(intrinsicFunctions).join(', ');
      throw new UnsupportedError(`${where}: got ${key}; allowed: ${allowed}`);
    }
    return Object.fromEntries(entries.map(([name, item]) => [name, resolve(item, `${where}.${name}`)]));
  }

  function resolveOutputs(): Record<string, string> {
    const outputs: Record<string, string> = {};
    for (const [name, { Value }] of Object.entries(template.Outputs)) {
      try {
        outputs[name] = String(resolve(Value, `Outputs.${name}`));
      } catch (error) {
        if (!(error instanceof NoLocalMeaningError)) throw error;
      }
    }
    return outputs;
  }

  return {
    resources: (...types) =>
      Object.entries(template.Resources)
        .filter(([, { Type }]) => types.includes(Type))
        .map(([logicalId, { Type }]) => ({
          logicalId,
          type: Type,
          ...(Type in IDENTIFIED_TYPES ? identityOf(logicalId, logicalId) : NO_IDENTITY),
        })),
    read(resource, schema) {
      const given = template.Resources[resource.logicalId]?.Properties ?? {};
      const resolved = Object.entries(given)
        .filter(([name]) => name in schema.shape)
        .map(([name, value]) => [name, resolve(value, `${resource.logicalId}.${name}`)]);
      const parsed = schema.safeParse(Object.fromEntries(resolved));
      if (parsed.success) return parsed.data;
      throw new UnsupportedError(
        `${resource.logicalId} (${resource.type}) cannot run locally: ${z.prettifyError(parsed.error)}`,
      );
    },
    outputs: resolveOutputs(),
  };
}
