/** What the documented examples use of Node.js, whose types are not installed here. */
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
declare module 'node:fs' {
  export function openAsBlob(path: string): Promise<Blob>;
}
