import { type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledgements.ts';
import { asposeBaseUrl } from './aspose-base-url.ts';

/** The address of Aspose.OCR Cloud and the credentials for it. */
export interface VendorAccess {
  /** Without a trailing slash, unless it is a CDK token: the functions check those. */
  readonly baseUrl: string;
  /**
   * A union, because TypeScript's exactOptionalPropertyTypes does not accept a Secret as an
   * ISecret.
   */
  readonly credentialsSecret: ISecret | Secret;
}

/**
 * Lets a function read the credentials, with the key of the secret. The secret's own `grantRead`
 * says nothing about the key in the function's role. That is not enough for a key of another
 * stack or account, whose policy CDK cannot change.
 */
export function grantReadCredentials({ credentialsSecret: secret }: VendorAccess, grantee: IGrantable): void {
  secret.grantRead(grantee);
  const { encryptionKey } = secret;
  if (encryptionKey === undefined) return;
  const { region } = Stack.of(secret);
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
    }),
  );
}

/** Checks the configured address, and creates an empty secret if none is configured. */
export function createVendorAccess(
  scope: Construct,
  configured: { readonly asposeBaseUrl?: string; readonly credentialsSecret?: ISecret },
  removalPolicy: RemovalPolicy,
): VendorAccess {
  const { asposeBaseUrl: url } = configured;
  return {
    baseUrl: url !== undefined && Token.isUnresolved(url) ? url : asposeBaseUrl(url),
    credentialsSecret: configured.credentialsSecret ?? createCredentialsSecret(scope, removalPolicy),
  };
}

function createCredentialsSecret(scope: Construct, removalPolicy: RemovalPolicy): Secret {
  const secret = new Secret(scope, 'Credentials', {
    description: 'Aspose.OCR Cloud client credentials: { "clientId": "...", "clientSecret": "..." }',
    removalPolicy,
  });
  acknowledge(secret, 'SMG4', 'Aspose has no API to rotate client credentials: an owner sets them by hand');
  return secret;
}
