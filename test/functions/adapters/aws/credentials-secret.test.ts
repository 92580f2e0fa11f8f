import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, it } from 'vitest';
import { readCredentials } from '../../../../functions/adapters/aws/credentials-secret.ts';
import { mockClient } from '../../../support/mock-client.ts';

const secrets = mockClient(SecretsManagerClient);
const read = () => readCredentials(new SecretsManagerClient({}), 'the-secret-arn');

beforeEach(() => {
  secrets.reset();
  secrets.rejects('not expected');
});

it('reads the credentials from the secret', async () => {
  const SecretString = '{"clientId":"id","clientSecret":"secret"}';
  secrets.on(GetSecretValueCommand).resolves({ SecretString });

  expect(await read()).toEqual({ clientId: 'id', clientSecret: 'secret' });
  expect(secrets).toHaveReceivedCommandExactlyOnceWith(GetSecretValueCommand, { SecretId: 'the-secret-arn' });
});

it.each([
  ['the generated password of a new secret', 'x8#kq!Lm'],
  ['an empty string', ''],
  ['no string', undefined],
  ['JSON with other fields', '{"user":"u","password":"p"}'],
  ['an empty client id', '{"clientId":"","clientSecret":"s"}'],
  ['null', 'null'],
])('returns undefined for a secret with %s', async (_, SecretString) => {
  secrets.on(GetSecretValueCommand).resolves(SecretString === undefined ? {} : { SecretString });

  expect(await read()).toBeUndefined();
});

it('throws when the secret cannot be read', async () => {
  await expect(read()).rejects.toThrow('not expected');
});
