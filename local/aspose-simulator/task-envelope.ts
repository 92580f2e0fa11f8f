/**
 * The one shape in which every operation answers a fetch, as the simulator sends it. Written from the vendor's
 * OpenAPI file (Java SDK 24.11.0) and on purpose not shared with the code that reads it, so that neither hides
 * a mistake of the other.
 */
export interface TaskEnvelope {
  readonly id: string | null;
  /** Pending, Processing, Completed, Error or NotExist; a script may send anything. */
  readonly taskStatus: string | null;
  readonly responseStatusCode: string | null;
  readonly results: readonly ResultEntry[] | null;
  readonly error: TaskError | null;
}

export interface ResultEntry {
  readonly type: string | null;
  /** Base64. */
  readonly data: string | null;
}

export interface TaskError {
  readonly messages: readonly string[] | null;
  readonly warnings: readonly string[] | null;
}

/** The code that likely goes with a status; the vendor documents only Ok. */
const LIKELY_CODES: Readonly<Record<string, string>> = {
  Pending: 'NotReady',
  Processing: 'NotReady',
  Completed: 'Ok',
  NotExist: 'TaskNotFound',
  Error: 'Error',
};

/** Completes an envelope: the id asked for, the likely code of its status, no results, no error. */
export function taskEnvelope(
  id: string,
  { taskStatus, ...known }: Partial<TaskEnvelope> & Pick<TaskEnvelope, 'taskStatus'>,
): TaskEnvelope {
  return {
    id,
    taskStatus,
    responseStatusCode: LIKELY_CODES[taskStatus ?? ''] ?? null,
    results: null,
    error: null,
    ...known,
  };
}
