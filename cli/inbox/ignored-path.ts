const IGNORED_NAMES = [
  // Hidden files, and those that a Mac or a sync program keeps next to a file.
  /^\./,
  // Lock files of office programs.
  /^~\$/,
  // Files that another program has not finished.
  /\.(?:tmp|part|partial|crdownload)$/i,
  /^thumbs\.db$/i,
];

/** Whether an inbox ignores a path, because of its own name or that of a folder above it. */
export function isIgnoredPath(relativePath: string): boolean {
  return relativePath.split(/[\\/]/).some((name) => IGNORED_NAMES.some((pattern) => pattern.test(name)));
}
