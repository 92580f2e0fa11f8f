import type { OperationName } from '../contracts/operations.ts';

/** The content of an image to be uploaded: a picture or a document. */
export interface SourceContent {
  /** Length in bytes. */
  readonly bytes: number;
  /** The first bytes, at most `HEAD_BYTES`: enough for its format and, usually, its size. */
  readonly head: Uint8Array;
  /** Reads the content from its beginning. It can be called more than once. */
  read(): AsyncIterable<Uint8Array>;
}

/** How much of an image is read before it is uploaded. */
export const HEAD_BYTES = 256 * 1024;

/** The result of one upload, which is one POST of an image to Aspose. `detail` is safe to log. */
export type UploadResult =
  /** Aspose has created a task. */
  | { readonly kind: 'Accepted'; readonly taskId: string }
  /** Aspose has created no task, and another upload may succeed. */
  | { readonly kind: 'NotAccepted'; readonly detail: string; readonly retryAfterSeconds?: number }
  /** Aspose has created no task, and another upload would end the same. */
  | {
      readonly kind: 'Refused';
      readonly reason: 'RefusedByVendor' | 'CredentialsRejected' | 'CredentialsUnreadable' | 'QuotaExceeded';
      /** One sentence, which may have words of Aspose in it. For callers, not for the log. */
      readonly message: string;
    }
  /** Aspose may have created a task, whose id is unknown. */
  | { readonly kind: 'Unknown'; readonly detail: string };

/** Uploads images to Aspose. */
export interface ImageUploads {
  /**
   * Uploads an image once, within the timeout. Every fault of Aspose or the network is returned as
   * data.
   *
   * @param settings every setting of the operation, in Aspose's names
   * @throws the error of `content.read`; the request is incomplete then, so no task exists
   */
  upload(
    operation: OperationName,
    content: SourceContent,
    settings: Readonly<Record<string, unknown>>,
    timeoutSeconds: number,
  ): Promise<UploadResult>;
}
