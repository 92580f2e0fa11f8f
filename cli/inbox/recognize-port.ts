import type { OperationName } from '../../functions/contracts/operations.ts';

/** One file to recognize. */
export interface FileRecognition {
  /** Absolute. */
  readonly path: string;
  /** Relative to the inbox. */
  readonly relativePath: string;
  readonly operation: OperationName;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How a recognition ended. */
export interface RecognitionEnd {
  /** `Completed`, another outcome of a task, or `Refused`. */
  readonly outcome: string;
  readonly reason?: string | undefined;
  /** May have control characters in it. */
  readonly message?: string | undefined;
}

/**
 * Recognizes a file, and writes its documents into a directory, which may not exist yet. Documents
 * of an earlier content are replaced.
 */
export type RecognizeFile = (file: FileRecognition, outDirectory: string) => Promise<RecognitionEnd>;
