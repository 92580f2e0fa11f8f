/** Returns the name of a file in S3, without its folders. */
export function fileNameOf({ key }: { readonly key: string }): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
