import { createHash } from 'node:crypto';
import { createImageTable } from '../../functions/adapters/aws/image-table.ts';
import { isPollingPaused } from '../../functions/adapters/aws/polling-pause.ts';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import type { FetchResultOutput } from '../../functions/contracts/fetch-result.ts';
import type { ImageInput, ImageSource } from '../../functions/contracts/image-input.ts';
import type { SubmitImageOutput } from '../../functions/contracts/submit-image.ts';
import { fetchResult } from '../../functions/core/fetch-result.ts';
import { imageInInbox } from '../../functions/core/inbox-object.ts';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { startRecognition } from '../../functions/core/start-recognition.ts';
import { submitImage } from '../../functions/core/submit-image.ts';
import type { Poll } from '../../functions/core/vendor-response.ts';
import { FETCH_RESULT_MEMORY } from '../../lib/fetch-result-function.ts';
import { DEFAULT_FETCH_TIMEOUT } from '../../lib/fetch-timeout.ts';
import { DEFAULT_MAX_UPLOADS } from '../../lib/settings.ts';
import { SUBMIT_IMAGE_MEMORY, SUBMIT_IMAGE_TIMEOUT } from '../../lib/submit-image-function.ts';
import { createCountingTable } from './counting-table.ts';
import type { ImageUsage } from './image-usage.ts';

interface SimulatedRecognitionProps {
  readonly polling: PollingOverrides;
  readonly times: AssumedImageTimes;
  /** Seconds from the upload to Aspose until Aspose completes the task. */
  readonly readyAfterSeconds: number;
  /** Returns a number in [0, 1). */
  random(): number;
}

/** Assumed durations in seconds. Functions are warm. */
export interface AssumedImageTimes {
  /** A call to AWS that stores no object. */
  readonly callSeconds: number;
  readonly putSeconds: number;
  readonly pollSeconds: number;
  /** An upload of an image to Aspose. */
  readonly uploadSeconds: number;
}

/** A scan of one page. It is read with two requests. */
export const IMAGE_BYTES = 1_000_000;

/** The slowest upload that the timeout of `submit-image` allows: 2 MB of base64 a second. */
export function uploadSeconds(responseSeconds: number): number {
  return ((4 / 3) * IMAGE_BYTES) / 2_000_000 + responseSeconds;
}

/** The cost of tasks assumes the same. Not measured. */
export const TYPICAL_IMAGE_TIMES: AssumedImageTimes = {
  callSeconds: 0.03,
  putSeconds: 0.1,
  pollSeconds: 0.3,
  uploadSeconds: uploadSeconds(0.3),
};

const START_EXECUTIONS_MEGABYTES = 128;
const ZERO_TIME = Date.parse('2026-01-01T00:00:00Z');
const TABLE = 'tasks';
/** Names as long as those of a deployed stack: they determine the size of records. */
const EXECUTIONS =
  'arn:aws:states:us-east-1:111122223333:execution:OcrCourierRecognizeImageStateMachine5AF53080';
const SOURCE: ImageSource = {
  bucket: 'ocrcourier-ocrcourierstorageresults0c164687-abcdefghijkl',
  key: 'inbox/RecognizeImage/2026/01/scan-0001.jpg',
  etag: createHash('md5').digest('hex'),
};
const TASK_ID = '6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce';
const RESULTS = 'results/RecognizeImage';

function responded(taskStatus: string): Poll {
  const empty = { responseStatusCode: 'Ok', results: [], messages: [], warnings: [] };
  return { kind: 'Responded', response: { id: TASK_ID, taskStatus, ...empty } };
}

/** Recognizes an image of the inbox as the deployed functions do, on a simulated clock. */
export async function recognizeSimulated(props: SimulatedRecognitionProps): Promise<ImageUsage> {
  const { polling, times, readyAfterSeconds, random } = props;
  let nowSeconds = 0;
  let uploadedAtSeconds = 0;
  let endsAtSeconds = 0;
  const used = { stateTransitions: 0, invocations: 0, gigabyteSeconds: 0, s3Puts: 0, s3Gets: 0, polls: 0 };
  const callAws = (): void => {
    nowSeconds += times.callSeconds;
  };
  const { client, units } = createCountingTable(callAws);
  const get = (): void => {
    callAws();
    used.s3Gets += 1;
  };
  const put = (): void => {
    nowSeconds += times.putSeconds;
    used.s3Puts += 1;
  };
  const now = () => ZERO_TIME + nowSeconds * 1000;
  const ports = {
    images: createImageTable(client, TABLE),
    tasks: createTaskTable(client, TABLE),
    isPollingPaused: () => isPollingPaused(client, TABLE),
    now,
    random,
    async sleep(seconds: number) {
      nowSeconds += seconds;
    },
    remainingSeconds: () => endsAtSeconds - nowSeconds,
    maxUploads: DEFAULT_MAX_UPLOADS,
  };

  /** Bills an invocation of a function. */
  async function invoke<Output>(
    megabytes: number,
    timeoutSeconds: number,
    run: () => Promise<Output>,
  ): Promise<Output> {
    const startSeconds = nowSeconds;
    endsAtSeconds = nowSeconds + timeoutSeconds;
    const output = await run();
    used.invocations += 1;
    used.gigabyteSeconds += ((nowSeconds - startSeconds) * megabytes) / 1024;
    return output;
  }

  async function startExecution() {
    const found = await imageInInbox(SOURCE, {
      images: ports.images,
      async describeObject(source) {
        get();
        return { kind: 'Found', source, metadata: {} };
      },
      async readSettings() {
        get();
        return undefined;
      },
    });
    if (found === undefined) throw new TypeError('an image in the inbox is recognized');
    const started = Promise.withResolvers<{ input: ImageInput; executionArn: string; startedAt: number }>();
    await startRecognition(
      { image: found, requestedAt: ZERO_TIME },
      {
        ...ports,
        recognitions: {
          async start(name, input) {
            callAws();
            const execution = { input, executionArn: `${EXECUTIONS}:${name}`, startedAt: now() };
            started.resolve(execution);
            return { kind: 'Running', isNew: true, ...execution };
          },
          find: async () => undefined,
        },
      },
    );
    return await started.promise;
  }

  const { input, executionArn, startedAt } = await invoke(START_EXECUTIONS_MEGABYTES, 30, startExecution);
  const imageId = input.imageId ?? '';

  function submit(): Promise<SubmitImageOutput> {
    return submitImage(
      { imageId, input, maxUploads: ports.maxUploads },
      { executionArn, startedAt },
      {
        ...ports,
        async openSource(source) {
          get();
          const content = { bytes: IMAGE_BYTES, head: new Uint8Array([0xff, 0xd8, 0xff]), read: readNothing };
          return { kind: 'Opened', content, source };
        },
        uploads: {
          async upload() {
            // The rest of the image.
            get();
            nowSeconds += times.uploadSeconds;
            uploadedAtSeconds = nowSeconds;
            return { kind: 'Accepted', taskId: TASK_ID };
          },
        },
        onUpload() {},
      },
    );
  }

  function fetch({ task, image, startedAt }: SubmitImageOutput): Promise<FetchResultOutput> {
    return fetchResult({ ...task, image }, { executionArn, startedAt: Date.parse(startedAt) }, polling, {
      ...ports,
      records: ports.tasks,
      vendor: {
        async poll() {
          used.polls += 1;
          const isReady = nowSeconds - uploadedAtSeconds >= readyAfterSeconds;
          nowSeconds += times.pollSeconds;
          return responded(isReady ? 'Completed' : 'Pending');
        },
      },
      documents: {
        bucket: SOURCE.bucket,
        async store() {
          // One document, and the manifest.
          put();
          put();
          return { results: [DOCUMENT], manifestKey: `${RESULTS}/${TASK_ID}/manifest.json`, warnings: [] };
        },
      },
      async tagSource() {
        get();
        put();
      },
      onPoll() {},
      onPause() {},
    });
  }

  used.stateTransitions += 1;
  const submitted = await invoke(SUBMIT_IMAGE_MEMORY.toMebibytes(), SUBMIT_IMAGE_TIMEOUT.toSeconds(), submit);
  for (;;) {
    // Fetch result, Task status?, and then a wait or the publication.
    used.stateTransitions += 3;
    const output = await invoke(FETCH_RESULT_MEMORY.toMebibytes(), DEFAULT_FETCH_TIMEOUT.toSeconds(), () =>
      fetch(submitted),
    );
    if (!('delaySeconds' in output)) break;
    nowSeconds += output.delaySeconds;
  }
  return { ...used, dynamodbReadUnits: units.read, dynamodbWriteUnits: units.written };
}

async function* readNothing(): AsyncGenerator<Uint8Array> {}

const DOCUMENT = {
  index: 0,
  type: 'Text',
  contentType: 'text/plain; charset=utf-8',
  key: `${RESULTS}/${TASK_ID}/0.txt`,
  bytes: 2000,
  sha256: createHash('sha256').digest('hex'),
  empty: false,
};

/** Recognizes an image that Aspose completes this long after its upload. */
export function typicalImage(polling: PollingOverrides, readyAfterSeconds: number): Promise<ImageUsage> {
  return recognizeSimulated({
    polling,
    times: TYPICAL_IMAGE_TIMES,
    readyAfterSeconds,
    random: () => 0.5,
  });
}
