/** The key of an object in S3, such as the source of a task. */
interface WithKey {
  readonly key: string;
}

/** Returns the name of a file in S3, without its folders. */
export function fileNameOf({ key }: WithKey): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Names a task by its file, or by its id if the caller submitted it. */
export function titleOf(task: { readonly taskId: string; readonly source?: WithKey | undefined }): string {
  return task.source === undefined ? task.taskId : fileNameOf(task.source);
}

/**
 * Suggests a name for a saved document: that of its file, with the document's own extension.
 *
 * @param document its position, and its key in the results bucket
 */
export function documentFileName(
  task: { readonly taskId: string; readonly source?: WithKey | undefined },
  document: { readonly index: number; readonly key: string },
): string {
  const stem = titleOf(task).replace(/\.[^.]*$/, '');
  const [extension = ''] = /\.[A-Za-z0-9]+$/.exec(document.key) ?? [];
  return `${stem}-${document.index}${extension}`;
}
