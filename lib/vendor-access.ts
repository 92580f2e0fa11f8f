import { type RemovalPolicy, Token } from 'aws-cdk-lib';
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
