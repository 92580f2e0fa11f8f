import { devNull } from 'node:os';

/** Settings files without settings. By default, AWS SDKs read those in the home directory. */
export const EMPTY_SETTINGS_FILES = {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
} as const;

/**
 * Removes the user's AWS settings from this process. A profile, an endpoint or FIPS would change
 * how AWS clients call the embedded services, or how these name their resources.
 */
export function forgetAwsSettings(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, EMPTY_SETTINGS_FILES);
}
