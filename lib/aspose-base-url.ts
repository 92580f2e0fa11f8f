const VENDOR = 'https://api.aspose.cloud';

/**
 * The base URL of Aspose.OCR Cloud, checked and without a slash at its end.
 *
 * @throws RangeError for anything but https with a host and perhaps a path: tokens travel to it
 */
export function asposeBaseUrl(configured: string = VENDOR): string {
  const url = URL.canParse(configured) ? new URL(configured) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new RangeError(
      `asposeBaseUrl: got '${configured}'; allowed: an https URL without credentials or query`,
    );
  }
  return configured.replace(/\/+$/, '');
}
