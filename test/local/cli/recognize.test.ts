import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { asposeEnvironment, newDirectory, runCommand, SAMPLES } from '../../support/run-command.ts';

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
