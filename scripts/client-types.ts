import { createRequire } from 'node:module';
import * as z from 'zod';
import { openApiDocument } from '../functions/task-api/openapi-document.ts';

/** What is used of openapi-typescript. */
const generatorSchema = z.object({
  default: z.custom<(document: object, options: object) => Promise<unknown>>(
    (value) => typeof value === 'function',
  ),
  astToString: z.custom<(nodes: unknown) => string>((value) => typeof value === 'function'),
});

const INTRODUCTION = `/** The types of the HTTP API, generated from its OpenAPI document. */\n\n`;

/** Generates the types of `client/` from the OpenAPI document. */
export async function clientTypes(): Promise<string> {
  // The generator needs the API of TypeScript 5, which only the toolchain has.
  const requireFromToolchain = createRequire(new URL('../toolchain/package.json', import.meta.url));
  const generator = generatorSchema.parse(requireFromToolchain('openapi-typescript'));
  const nodes = await generator.default(openApiDocument(), { defaultNonNullable: false });
  return INTRODUCTION + generator.astToString(nodes);
}
