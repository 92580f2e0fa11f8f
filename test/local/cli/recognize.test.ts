import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import {
  asposeEnvironment,
  interruptAt,
  newDirectory,
  runCommand,
  SAMPLES,
} from '../../support/run-command.ts';

const sample = (name: string) => join(SAMPLES, name);

it.concurrent('recognizes the sample and prints its text and location first, without any argument', async () => {
  const { status, stdout } = await runCommand([], { directory: await newDirectory() });

  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^out\/[\w-]+\/0\.txt \(Text, 685 bytes\):\n {4}Harbour Lane 14, 3 March 2026\n[\s\S]*\n\nManifest: out\/[\w-]+\/manifest\.json\n\nCompleted after \d+\.\d s and \d+ polls?\.\n\nNext:\n/,
  );
  expect(stdout).not.toContain('OCR Task Completed');
});

it.concurrent('reports the source and the number of uploads with --json', async () => {
  await using aspose = await startAsposeSimulator({ recognizer: fakeRecognizer() });

  const args = ['recognize', sample('letter.png'), '--setting', 'makeSkewCorrect=true', '--json'];
  const { status, stdout } = await runCommand(args, {
    environment: asposeEnvironment(aspose),
    directory: await newDirectory(),
  });

  const { event } = JSON.parse(stdout);
  expect(status).toBe(0);
  expect(event.detail).toMatchObject({
    source: { key: expect.stringMatching(/^inbox\/RecognizeImage\/api\/[0-9a-f]{40}\/letter\.png$/) },
    uploads: 1,
  });
});

it.concurrent('reports in a few lines why Aspose refused an image, and exits with status 1', async () => {
  await using aspose = await startAsposeSimulator();

  const { status, stdout, stderr } = await runCommand(['recognize', sample('letter.png')], {
    environment: { ...asposeEnvironment(aspose), ASPOSE_CLIENT_SECRET: 'wrong' },
    directory: await newDirectory(),
  });

  expect(stdout).toMatch(
    /^Refused \(CredentialsRejected\) after \d+\.\d s\.\n {4}Aspose rejected the credentials.*\n\n--verbose .*\n$/,
  );
  expect(stdout + stderr).not.toMatch(/wrong| at /);
  expect(status).toBe(1);
});

const UNREACHABLE = { ASPOSE_BASE_URL: 'http://127.0.0.1:9' };

it.concurrent('shows why uploads are repeated, and cancels the image on Ctrl-C', async () => {
  const { status, stdout, stderr } = await runCommand(['recognize', sample('letter.png'), '--json'], {
    environment: UNREACHABLE,
    directory: await newDirectory(),
    onStderr: interruptAt('next try in'),
  });

  expect(stderr).toMatch(
    /not submitted \(NotAccepted\): no access token: the connection failed \(ECONNREFUSED\); next try in \d\.\d s\n/,
  );
  expect(JSON.parse(stdout)).toMatchObject({
    event: { 'detail-type': 'OCR Image Refused', detail: { reason: 'Cancelled', uploads: 0 } },
    record: null,
    execution: { status: 'ABORTED' },
    documents: [],
  });
  expect(status).toBe(1);
});
