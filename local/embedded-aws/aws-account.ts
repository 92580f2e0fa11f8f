/** The account and region of all embedded resources. No real account has this number. */
export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

/** Credentials for the embedded services, so that no SDK searches for real ones. */
export const CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' } as const;

/** Returns the ARN of a regional resource, such as `arn('states', 'stateMachine:Name')`. */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}
