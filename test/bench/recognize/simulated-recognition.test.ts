import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { recognizeSimulated } from '../../../bench/recognize/simulated-recognition.ts';
import { courierForAll } from '../../support/courier.ts';
import { PROJECT } from '../../support/project-paths.ts';
import { completed } from '../../support/responses.ts';

const courier = await courierForAll();
const ZERO_TIMES = { callSeconds: 0, putSeconds: 0, pollSeconds: 0, uploadSeconds: 0 };

it('uses as many states, invocations and polls as an image in the inbox of the stack', async () => {
  courier.simulator.scriptUploads([{ accept: { fetches: [completed('whale')] } }]);
  const s3 = new S3Client(courier.stack.clientConfig('s3'));
  await s3.send(
    new PutObjectCommand({
      Bucket: courier.stack.resource('AWS::S3::Bucket').name,
      Key: 'inbox/RecognizeImage/letter.png',
      Body: await readFile(join(PROJECT, 'local', 'samples', 'letter.png')),
    }),
  );
  await courier.stack.settled();

  const usage = await recognizeSimulated({
    polling: { preset: 'balanced' },
    times: ZERO_TIMES,
    readyAfterSeconds: 0,
    random: () => 0.5,
  });

  const [event] = courier.events.filter(({ source }) => source === 'ocr-courier');
  const { executionArn } = Object(event?.detail);
  const { history } = await courier.stack.executionEnded(executionArn);
  const states = history.filter(({ type }) => type === 'StateEntered').map(({ state }) => state);
  const functions = ['Submit image', 'Fetch result'];
  expect(usage).toMatchObject({
    stateTransitions: states.length,
    // And start-executions.
    invocations: states.filter((state) => functions.includes(state)).length + 1,
    polls: courier.simulator.requests.filter(({ method, taskId }) => method === 'GET' && taskId !== undefined)
      .length,
  });
});

it('counts the requests and units of an image that Aspose completes immediately', async () => {
  const usage = await recognizeSimulated({
    polling: { preset: 'balanced' },
    times: ZERO_TIMES,
    readyAfterSeconds: 0,
    random: () => 0.5,
  });

  expect(usage).toMatchObject({
    polls: 1,
    // The document, the manifest and the tags.
    s3Puts: 3,
    // HEAD, the settings of the folder, two parts of the image, and the tags.
    s3Gets: 5,
    // Image: claim, upload, task, end: 2 + 2 + 1 + 2. Task: claim, end: 2 + 4.
    dynamodbWriteUnits: 13,
  });
});
