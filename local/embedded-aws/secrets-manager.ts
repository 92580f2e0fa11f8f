import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type AwsOperation, awsOperation } from './aws-endpoint.ts';
import { AwsError } from './aws-error.ts';
import type { Template } from './template.ts';

/** GetSecretValue for the secrets of the template. */
export function secretsManagerOperations(
  template: Template,
  secretValue: (logicalId: string) => string | undefined,
): readonly AwsOperation[] {
  const secrets = template.resources('AWS::SecretsManager::Secret');
  return [
    awsOperation('secretsmanager.GetSecretValue', z.object({ SecretId: z.string() }), ({ SecretId }) => {
      const secret = secrets.find(({ arn, name }) => SecretId === arn || SecretId === name);
      const SecretString = secret === undefined ? undefined : secretValue(secret.logicalId);
      if (secret !== undefined && SecretString !== undefined) {
        const VersionId = createHash('sha256').update(SecretString).digest('hex').slice(0, 32);
        return { ARN: secret.arn, Name: secret.name, SecretString, VersionId, VersionStages: ['AWSCURRENT'] };
      }
      const missing = secret === undefined ? 'secret' : 'secret value for staging label: AWSCURRENT';
      throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified ${missing}.`);
    }),
  ];
}
