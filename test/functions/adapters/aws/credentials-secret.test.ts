import {
  DecryptionFailure,
  GetSecretValueCommand,
  InternalServiceError,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, it } from 'vitest';
import { readCredentialsSecret } from '../../../../functions/adapters/aws/credentials-secret.ts';
import { mockClient } from '../../../support/mock-client.ts';

const secrets = mockClient(SecretsManagerClient);
const read = () => readCredentialsSecret(new SecretsManagerClient({}), 'the-secret-arn');

beforeEach(() => {
  secrets.reset();
  secrets.rejects('not expected');
});

it('reads the credentials from the secret', async () => {
  const SecretString = '{"clientId":"id","clientSecret":"secret"}';
  secrets.on(GetSecretValueCommand).resolves({ SecretString, VersionId: 'v7' });

  expect(await read()).toEqual({
    kind: 'Read',
    credentials: { clientId: 'id', clientSecret: 'secret' },
    version: 'v7',
  });
  expect(secrets).toHaveReceivedCommandExactlyOnceWith(GetSecretValueCommand, { SecretId: 'the-secret-arn' });
});

it.each([
  ['the generated password of a new secret', 'x8#kq!Lm'],
  ['an empty string', ''],
  ['no string', undefined],
  ['JSON with other fields', '{"user":"u","password":"p"}'],
  ['an empty client id', '{"clientId":"","clientSecret":"s"}'],
  ['null', 'null'],
])('finds no credentials in a secret with %s', async (_, SecretString) => {
  secrets.on(GetSecretValueCommand).resolves(SecretString === undefined ? {} : { SecretString });

  expect(await read()).toEqual({ kind: 'Unusable' });
});

it('reads a secret that was saved with a byte order mark', async () => {
  const SecretString = '\uFEFF{"clientId":"id","clientSecret":"secret"}';
  secrets.on(GetSecretValueCommand).resolves({ SecretString });

  expect(await read()).toMatchObject({ kind: 'Read', credentials: { clientId: 'id' } });
});

const details = { message: 'the-secret', $metadata: {} };

it.each([
  ['denied, also by its KMS key', 'AccessDeniedException'],
  ['encrypted with a disabled key', new DecryptionFailure(details)],
  ['scheduled for deletion', new InvalidRequestException(details)],
  ['missing', new ResourceNotFoundException(details)],
])('reports a secret that is %s as unreadable, without the error text', async (_, error) => {
  const denied = new SecretsManagerServiceException({
    ...details,
    name: 'AccessDeniedException',
    $fault: 'client',
  });
  secrets.on(GetSecretValueCommand).rejects(typeof error === 'string' ? denied : error);

  expect(await read()).toEqual({
    kind: 'Unreadable',
    detail: expect.stringMatching(/^The credentials secret cannot be read: \w+$/),
  });
});

it.each([new InternalServiceError(details), new Error('ECONNRESET')])(
  'throws passing errors, which the state machine retries: %s',
  async (error) => {
    secrets.on(GetSecretValueCommand).rejects(error);

    await expect(read()).rejects.toBe(error);
  },
);
