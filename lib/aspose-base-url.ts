import { describeBaseUrls, normalizeBaseUrl } from '../functions/contracts/aspose-base-url.ts';
import { InvalidInput } from '../functions/core/invalid-input.ts';

const VENDOR = 'https://api.aspose.cloud';

/**
 * Checks the base URL of Aspose.OCR Cloud.
 *
 * @param name name of the setting, for the error
 * @param loopback also accepts http on the loopback interface, for local runs
 * @returns the URL without a trailing slash
 * @throws InvalidInput for any other URL
 */
export function asposeBaseUrl(
  configured: string = VENDOR,
  { name = 'asposeBaseUrl', loopback = false } = {},
): string {
  const baseUrl = normalizeBaseUrl(configured, { loopback });
  if (baseUrl !== undefined) return baseUrl;
  throw new InvalidInput(name, describeUrl(configured), describeBaseUrls({ loopback }));
}

/** Describes a URL without what could be a secret. */
function describeUrl(text: string): string {
  if (!URL.canParse(text)) return 'no URL';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
