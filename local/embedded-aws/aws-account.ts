/** The account and region of all embedded resources: placeholders that no real resource can have. */
export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

/** Credentials for the embedded services, so that no SDK searches for real ones. Any would be accepted. */
export const CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' } as const;

/** Returns the ARN of a resource of a regional service, such as `arn('states', 'stateMachine:Name')`. */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}
