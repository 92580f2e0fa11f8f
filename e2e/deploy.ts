import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Credentials } from '../functions/contract.ts';
import { type Assembly, readAssembly } from '../local/embedded-aws/assembly.ts';
import { ensureAssembly } from '../local/embedded-aws/synthesis.ts';
import type { MiniStack } from './ministack.ts';
import { describeStack } from './stack-outputs.ts';
import { templateForMiniStack } from './template-for-ministack.ts';
import { until } from './until.ts';

/** As `cdk bootstrap` names it, for MiniStack's account and region. */
const ASSETS_BUCKET = 'cdk-hnb659fds-assets-000000000000-us-east-1';
const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';

/** Where the simulator will listen, and what it takes. */
export interface VendorToBe {
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

/**
 * Deploys the synthesised stack to an empty MiniStack, and sets the vendor's credentials.
 *
 * @returns the stack's name
 * @throws Error with what CloudFormation had against it
 */
export async function deployToMiniStack(
  miniStack: MiniStack,
  vendor: VendorToBe,
  progress: (line: string) => void,
): Promise<string> {
  const assembly = await readAssembly(await ensureAssembly());
  const { template, changes } = templateForMiniStack(assembly.template, vendor.baseUrl);
  for (const change of changes) progress(change);
  await bootstrap();
  await uploadAssets(assembly, JSON.stringify(template), miniStack.python);
  const { stackName } = assembly;
  const cloudFormation = new CloudFormationClient();
  const { StackId } = await cloudFormation.send(
    new CreateStackCommand({
      StackName: stackName,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_IAM'],
    }),
  );
  const stack = await until('the stack to be created', { seconds: 120 }, async () => {
    const found = await describeStack(stackName);
    return found.status.endsWith('_IN_PROGRESS') ? undefined : found;
  });
  if (stack.status !== 'CREATE_COMPLETE') {
    const { StackEvents = [] } = await cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: StackId }),
    );
    const reasons = StackEvents.flatMap(
      ({ LogicalResourceId, ResourceStatus = '', ResourceStatusReason = '' }) =>
        ResourceStatus.endsWith('FAILED') ? [`${LogicalResourceId}: ${ResourceStatusReason}`] : [],
    );
    throw new Error(`The stack is ${stack.status}:\n${reasons.join('\n')}`);
  }
  await new SecretsManagerClient().send(
    new PutSecretValueCommand({
      SecretId: stack.outputs['CredentialsSecretArn'],
      SecretString: JSON.stringify(vendor.credentials),
    }),
  );
  return stackName;
}

/** What of `cdk bootstrap` a deployment without the CDK command line needs. */
async function bootstrap(): Promise<void> {
  await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: ASSETS_BUCKET }));
  await new SSMClient().send(
    new PutParameterCommand({ Name: BOOTSTRAP_VERSION, Value: '30', Type: 'String' }),
  );
}

/** Uploads the assets that the template names, zipped by Python, which is there anyway. */
async function uploadAssets(assembly: Assembly, template: string, python: string): Promise<void> {
  const s3 = new S3Client({ forcePathStyle: true });
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-e2e-assets-'));
  try {
    for (const [, key = ''] of template.matchAll(/"S3Key":"([^"]+)"/g)) {
      const path = assembly.assetPath(key);
      if (path === undefined) throw new Error(`The assembly has no asset ${key}.`);
      const archive = join(directory, key);
      await promisify(execFile)(python, [
        '-c',
        'import shutil,sys; shutil.make_archive(sys.argv[1][:-4], "zip", sys.argv[2])',
        archive,
        path,
      ]);
      await s3.send(new PutObjectCommand({ Bucket: ASSETS_BUCKET, Key: key, Body: await readFile(archive) }));
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
