import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type EmbeddedStack, startEmbeddedStack } from '../../local/embedded-aws/embedded-stack.ts';
import { temporaryDirectory } from './data-fixture.ts';

/** Functions of a fixture stack: the source of each index.js by logical id. */
export type FixtureFunctions = Readonly<
  Record<string, string | { readonly code: string; readonly properties: object }>
>;

export interface Fixture {
  readonly functions?: FixtureFunctions;
  readonly resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
  readonly outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
  /** The state machine `Machine`. */
  readonly definition?: object;
}

/** One resource of each kind that stores data. */
export const STORES = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    },
  },
  Bucket: { Type: 'AWS::S3::Bucket' },
  Queue: { Type: 'AWS::SQS::Queue' },
} satisfies Fixture['resources'];

/** Writes a cloud assembly of one stack in the layout of `cdk synth`. */
export async function writeAssembly({
  functions = {},
  resources = {},
  outputs = {},
  definition,
}: Fixture): Promise<string> {
  const directory = await temporaryDirectory();
  const files: Record<string, object> = {};
  const functionResources: Record<string, object> = {};
  for (const [logicalId, given] of Object.entries(functions)) {
    const { code, properties } = typeof given === 'string' ? { code: given, properties: {} } : given;
    await mkdir(join(directory, `asset.${logicalId}`));
    await writeFile(join(directory, `asset.${logicalId}`, 'index.js'), code);
    files[logicalId] = {
      source: { path: `asset.${logicalId}`, packaging: 'zip' },
      destinations: { current: { bucketName: 'assets', objectKey: `${logicalId}.zip` } },
    };
    functionResources[logicalId] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: `${logicalId}.zip` },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        ...properties,
      },
    };
  }
  const machine = definition && {
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        DefinitionString: { 'Fn::Join': ['', splitReferences(JSON.stringify(definition))] },
        RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
      },
    },
    MachineRole: { Type: 'AWS::IAM::Role' },
  };
  const write = (file: string, content: object) => writeFile(join(directory, file), JSON.stringify(content));
  await write('fixture.template.json', {
    Resources: { ...resources, ...functionResources, ...machine },
    Outputs: outputs,
  });
  await write('fixture.assets.json', { files });
  await write('manifest.json', {
    artifacts: {
      fixture: { type: 'aws:cloudformation:stack', properties: { templateFile: 'fixture.template.json' } },
      'fixture.assets': { type: 'cdk:asset-manifest', properties: { file: 'fixture.assets.json' } },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  });
  return directory;
}

/** Replaces `%Poll%` in a definition with the ARN of the function Poll. */
function splitReferences(text: string): unknown[] {
  return text.split('%').map((part, index) => (index % 2 === 0 ? part : { 'Fn::GetAtt': [part, 'Arn'] }));
}

/** Runs a fixture until the test ends. */
export async function startFixture(
  fixture: Fixture,
  options: Omit<Parameters<typeof startEmbeddedStack>[0], 'assemblyDirectory'> = {},
): Promise<EmbeddedStack> {
  const assemblyDirectory = await writeAssembly(fixture);
  const stack = await startEmbeddedStack({ ...options, assemblyDirectory });
  onTestFinished(() => stack.close());
  return stack;
}
