import { z } from 'zod';
import type { EventBridgeEvent } from './event-bus.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** What a target gets in place of the whole event. */
export const targetInputSchema = {
  /** A constant, as JSON text. */
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .strictObject({ InputPathsMap: z.record(z.string(), z.string()).default({}), InputTemplate: z.string() })
    .optional(),
} as const;
type TargetInput = z.infer<z.ZodObject<typeof targetInputSchema>>;

/** A path of dots and array indexes, read from an event. */
function eventPath(path: string): (event: EventBridgeEvent) => unknown {
  if (!/^\$(\.[\w-]+|\[\d+\])*$/.test(path)) {
    throw new UnsupportedError(
      `The path ${path} in the input of a target is not served; served is $.a.b[0].`,
    );
  }
  const names = path.match(/[\w-]+/g) ?? [];
  return (event) =>
    names.reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null
          ? Object.getOwnPropertyDescriptor(value, name)?.value
          : undefined,
      event,
    );
}

/**
 * Fills a template: a variable within a JSON string gives its text, one outside its JSON. A path that leads nowhere
 * gives an empty text.
 */
function template(
  text: string,
  paths: Readonly<Record<string, string>>,
): (event: EventBridgeEvent) => unknown {
  const variables = new Map(Object.entries(paths).map(([name, path]) => [name, eventPath(path)]));
  for (const [, name = ''] of text.matchAll(/<([^<>]+)>/g)) {
    if (!variables.has(name)) {
      throw new UnsupportedError(
        `The variable <${name}> of the input template ${text} is not in its InputPathsMap.`,
      );
    }
  }
  return (event) => {
    const inString = (quoted: string) =>
      quoted.replace(/<([^<>]+)>/g, (_, name: string) => {
        const value = variables.get(name)?.(event) ?? '';
        return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1);
      });
    const filled = text.replace(/"(?:[^"\\]|\\.)*"|<([^<>]+)>/g, (token, name: string | undefined) =>
      name === undefined ? inString(token) : JSON.stringify(variables.get(name)?.(event) ?? ''),
    );
    return JSON.parse(filled);
  };
}

/**
 * What the target gets for an event.
 *
 * @throws UnsupportedError for a path or a template that is not served.
 */
export function targetInput({
  Input,
  InputPath,
  InputTransformer,
}: TargetInput): (event: EventBridgeEvent) => unknown {
  if (InputTransformer !== undefined) {
    return template(InputTransformer.InputTemplate, InputTransformer.InputPathsMap);
  }
  if (Input !== undefined) return () => JSON.parse(Input);
  return InputPath === undefined ? (event) => event : eventPath(InputPath);
}
