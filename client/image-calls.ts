import type { Connection } from './connection.ts';
import { definedFields, definedPolicy } from './defined-fields.ts';
import { TaskFailed } from './errors.ts';
import { dataOf, type HttpApi, stateOf } from './http-api.ts';
import { InvalidOption } from './invalid-option.ts';
import { pathId } from './path-id.ts';
import { inScope } from './scope.ts';
import type {
  CallOptions,
  Image,
  RecognizeOptions,
  Task,
  UploadedFile,
  UploadOptions,
  WaitOptions,
} from './types.ts';
import { readUntilEnd, withinTimeout } from './wait-until.ts';

/** The end of an image: the last task, or a refusal. */
type ImageEnd = { readonly image: Image; readonly task: Task | undefined };

/** The calls about images. */
export function createImageCalls(connection: Connection, api: HttpApi) {
  const pathOf = (imageId: string) => ({ params: { path: { imageId: pathId('imageId', imageId) } } });

  async function uploadFile(
    file: UploadedFile,
    options: UploadOptions,
    signal: AbortSignal,
  ): Promise<string> {
    checkFile(file);
    const { fileName, operation, settings, correlation, polling } = options;
    const contentType = file instanceof Blob && isMediaType(file.type) ? file.type : undefined;
    const fields = { contentType, operation, settings, correlation, polling: definedPolicy(polling) };
    const body = { fileName: acceptedName(fileName ?? nameOf(file)), ...definedFields(fields) };
    const requested = await dataOf(api.POST('/images', { body, signal }));
    if (!('upload' in requested)) throw new TypeError('The HTTP API returned no upload link');
    const { method, url, headers } = requested.upload;
    const stored = await connection.followLink(
      { subject: 'The upload', method, url, headers, body: contentOf(file, contentType) },
      signal,
    );
    await stored.body?.cancel();
    return requested.imageId;
  }

  async function untilEnd(
    imageId: string,
    onProgress: (image: Image) => void,
    signal: AbortSignal,
  ): Promise<Task> {
    const { image, task } = await readUntilEnd(
      connection,
      signal,
      (headers) => stateOf(api.GET('/images/{imageId}', { ...pathOf(imageId), headers, signal })),
      (state) => {
        onProgress(state);
        return endOf(state);
      },
    );
    if (task === undefined) {
      const { reason, messages } = image;
      throw new TaskFailed({ outcome: 'Refused', reason, messages, task, image });
    }
    const { outcome, reason, messages } = task;
    if (outcome === undefined || outcome === 'Completed') return task;
    throw new TaskFailed({ outcome, reason, messages, task, image });
  }

  /** Waits for the end of an image that may not have been uploaded yet. */
  async function waitFor(
    options: WaitOptions<Image>,
    upload: (signal: AbortSignal) => Promise<string>,
    known?: string,
  ): Promise<Task> {
    let imageId = known;
    let taskId: string | undefined;
    return await withinTimeout(
      options,
      () => ({ imageId, taskId }),
      async (signal) => {
        imageId = await upload(signal);
        const onProgress = (image: Image) => {
          taskId = image.taskIds.at(-1);
          options.onProgress?.(image);
        };
        return await untilEnd(imageId, onProgress, signal);
      },
    );
  }

  return {
    upload: (file: UploadedFile, options: UploadOptions = {}): Promise<string> =>
      inScope({ signal: options.signal }, (signal) => uploadFile(file, options, signal)),

    recognize: (file: UploadedFile, options: RecognizeOptions = {}): Promise<Task> =>
      waitFor(options, (signal) => uploadFile(file, options, signal)),

    waitForImage: (imageId: string, options: WaitOptions<Image> = {}): Promise<Task> =>
      waitFor(options, async () => imageId, imageId),

    readImage: (imageId: string, { signal }: CallOptions = {}): Promise<Image> =>
      inScope({ signal }, (scope) =>
        dataOf(api.GET('/images/{imageId}', { ...pathOf(imageId), signal: scope })),
      ),
  };
}

/** A task that was replaced is not the end: the image has another one. */
function endOf(image: Image): ImageEnd | undefined {
  const { state, task } = image;
  if (state === 'Refused') return { image, task: undefined };
  if (task === null || task.outcome === undefined || task.replacedBy !== undefined) return undefined;
  return { image, task };
}

/** Callers in JavaScript may pass a path or a stream. @throws TypeError */
function checkFile(file: unknown): void {
  if (file instanceof Blob || file instanceof Uint8Array) return;
  const got = typeof file === 'object' ? (file?.constructor?.name ?? 'null') : typeof file;
  throw new InvalidOption('file', got, 'a Blob, a File or a Uint8Array');
}

/** The body of the upload. A blob whose type is not in the headers would add it. */
function contentOf(file: UploadedFile, contentType: string | undefined): Blob | Uint8Array<ArrayBuffer> {
  if (file instanceof Blob) return contentType === undefined ? file.slice() : file;
  const { buffer, byteOffset, byteLength } = file;
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(file);
}

function isMediaType(type: string): boolean {
  return /^[a-z]{1,32}\/[a-z0-9.+-]{1,64}$/i.test(type);
}

function nameOf(file: UploadedFile): string {
  return file instanceof Blob && 'name' in file && typeof file.name === 'string' ? file.name : 'image';
}

/** Longer names are cut at the beginning, so that their extension stays. */
const MAX_NAME_CHARACTERS = 100;

/** Replaces what the HTTP API does not accept in a name. */
function acceptedName(fileName: string): string {
  const cut = [...fileName].slice(-MAX_NAME_CHARACTERS).join('');
  const name = cut.replaceAll(/[/\p{Cc}]/gu, '_').replace(/^\.{3,}/, '..');
  return /^\.{0,2}$/.test(name) ? '_' : name;
}
