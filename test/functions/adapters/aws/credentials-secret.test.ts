import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, it } from 'vitest';
import { readCredentials } from '../../../../functions/adapters/aws/credentials-secret.ts';

const secrets = mockClient(SecretsManagerClient);
const read = () => readCredentials(new SecretsManagerClient({}), 'the-secret-arn');

beforeEach(() => {
  secrets.reset();
  secrets.rejects('not expected');
});

it('credentials are read from the secret', async () => {
  const SecretString = '{"clientId":"id","clientSecret":"secret"}';
  secrets.on(GetSecretValueCommand).resolves({ SecretString });

  expect(await read()).toEqual({ clientId: 'id', clientSecret: 'secret' });
  expect(secrets).toHaveReceivedCommandExactlyOnceWith(GetSecretValueCommand, { SecretId: 'the-secret-arn' });
});

it.each([
  ['the password that a new secret gets', 'x8#kq!Lm'],
  ['nothing', ''],
  ['no text', undefined],
  ['another JSON', '{"user":"u","password":"p"}'],
  ['an empty part', '{"clientId":"","clientSecret":"s"}'],
  ['null', 'null'],
])('a secret that holds %s holds no credentials', async (_, SecretString) => {
  secrets.on(GetSecretValueCommand).resolves(SecretString === undefined ? {} : { SecretString });

  expect(await read()).toBeUndefined();
});

it('a secret that cannot be read is a fault of AWS', async () => {
  await expect(read()).rejects.toThrow('not expected');
});
