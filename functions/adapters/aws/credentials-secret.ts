import {
  DecryptionFailure,
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { credentialsSchema, type ReadSecret } from '../../contracts/credentials.ts';
import { parseJson } from '../../core/parse-json.ts';

/**
 * Reads the secret with Aspose's client credentials.
 *
 * @throws the passing errors of Secrets Manager, which the state machine retries
 */
export async function readCredentialsSecret(
  client: SecretsManagerClient,
  secretId: string,
): Promise<ReadSecret> {
  try {
    const { SecretString = '', VersionId = '' } = await client.send(
      new GetSecretValueCommand({ SecretId: secretId }),
    );
    // Editors on Windows save a byte order mark.
    const parsed = z.safeParse(credentialsSchema, parseJson(SecretString.replace(/^\uFEFF/, '')));
    return parsed.success
      ? { kind: 'Read', credentials: parsed.data, version: VersionId }
      : { kind: 'Unusable' };
  } catch (error) {
    if (!isLasting(error)) throw error;
    return { kind: 'Unreadable', detail: `The credentials secret cannot be read: ${error.name}` };
  }
}

/** Whether a retry in a few minutes would fail as well. A denied KMS key is AccessDenied, too. */
function isLasting(error: unknown): error is Error {
  return (
    error instanceof DecryptionFailure ||
    error instanceof InvalidRequestException ||
    error instanceof ResourceNotFoundException ||
    (error instanceof SecretsManagerServiceException && error.name === 'AccessDeniedException')
  );
}
