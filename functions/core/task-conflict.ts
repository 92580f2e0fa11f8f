/** The id is already in use for a task of another operation. */
export class TaskConflict extends Error {
  override readonly name = 'TaskConflict';

  constructor(taskId: string, wanted: string, found: string) {
    super(
      `taskId: ${taskId} is being or has been collected for ${found}; it cannot be collected for ${wanted} too`,
    );
  }
}
