/**
 * The JSON body with which every operation responds to a fetch. It follows Aspose's OpenAPI file
 * (Java SDK 24.11.0). The code that reads responses has its own schema, so that neither hides a
 * mistake of the other.
 */
export interface TaskEnvelope {
  readonly id: string | null;
  /** Pending, Processing, Completed, Error or NotExist; a script may send anything. */
  readonly taskStatus: string | null;
  readonly responseStatusCode: string | null;
  readonly results: readonly ResultEntry[] | null;
  /** The official Java client fails on null lists, so only scripts send them. */
  readonly error: {
    readonly messages: readonly string[] | null;
    readonly warnings: readonly string[] | null;
  } | null;
}

export interface ResultEntry {
  readonly type: string | null;
  /** Base64. */
  readonly data: string | null;
}

/** The probable code of each status. Aspose documents only Ok. */
const PROBABLE_CODES: Readonly<Record<string, string>> = {
  Pending: 'NotReady',
  Processing: 'NotReady',
  Completed: 'Ok',
  NotExist: 'TaskNotFound',
  Error: 'Error',
};

/** Completes an envelope with the probable code of its status, no results and no error. */
export function taskEnvelope(
  id: string,
  { taskStatus, ...known }: Partial<TaskEnvelope> & Pick<TaskEnvelope, 'taskStatus'>,
): TaskEnvelope {
  return {
    id,
    taskStatus,
    responseStatusCode: PROBABLE_CODES[taskStatus ?? ''] ?? null,
    results: null,
    error: null,
    ...known,
  };
}
