import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UnsupportedError } from './unsupported-error.ts';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ templateFile: z.string().optional(), file: z.string().optional() }).optional(),
    }),
  ),
});

const assetManifestSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** The cloud assembly of one stack, as `cdk synth` writes it to `cdk.out`. */
export interface Assembly {
  readonly stackName: string;
  /** The CloudFormation template, as parsed JSON. */
  readonly template: unknown;
  /** Returns the folder or file of an asset by its object key in the bootstrap bucket. */
  assetPath(objectKey: string): string | undefined;
}

/**
 * Reads a cloud assembly.
 *
 * Assets are found through the asset manifest, which every synthesis writes. The `aws:asset:path`
 * metadata exists only when the CDK command line ran the app.
 */
export async function readAssembly(directory: string): Promise<Assembly> {
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(directory, file), 'utf8'));
  const manifest = await read('manifest.json').catch((cause: unknown) => {
    throw new Error(`assembly: got ${directory}, whose manifest.json cannot be read`, { cause });
  });
  const artifacts = Object.entries(manifestSchema.parse(manifest).artifacts);

  const stacks = artifacts.flatMap(([name, { type, properties }]) =>
    type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined
      ? [{ name, templateFile: properties.templateFile }]
      : [],
  );
  const [stack] = stacks;
  if (stack === undefined || stacks.length > 1) {
    const names = stacks.map(({ name }) => name).join(', ') || 'none';
    throw new UnsupportedError(`stacks in ${directory}: got ${names}; allowed: exactly one`);
  }

  const assetManifests = artifacts.flatMap(([, { type, properties }]) =>
    type === 'cdk:asset-manifest' && properties?.file !== undefined ? [properties.file] : [],
  );
  const paths = new Map<string, string>();
  for (const file of assetManifests) {
    for (const { source, destinations } of Object.values(assetManifestSchema.parse(await read(file)).files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations))
        paths.set(objectKey, join(directory, source.path));
    }
  }
  return {
    stackName: stack.name,
    template: await read(stack.templateFile),
    assetPath: (objectKey) => paths.get(objectKey),
  };
}
