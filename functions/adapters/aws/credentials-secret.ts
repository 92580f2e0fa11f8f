import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { type Credentials, credentialsSchema } from '../../contracts/credentials.ts';
import { parseJson } from '../../core/parse-json.ts';

/** Reads Aspose's client credentials; undefined when the secret holds none. */
export async function readCredentials(
  client: SecretsManagerClient,
  secretId: string,
): Promise<Credentials | undefined> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  return z.safeParse(credentialsSchema, parseJson(SecretString ?? '')).data;
}
