/** The account and region that everything embedded lives in: placeholders that no real resource can have. */
export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

/** Credentials that the embedded services accept (they accept any), so that no SDK looks for real ones. */
export const CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' } as const;

/** The ARN of a resource of a regional service: `arn('states', 'stateMachine:Name')`. */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}
