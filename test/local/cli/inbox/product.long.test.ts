import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { manifestSchema } from '../../../../functions/contracts/manifest.ts';
import { startAsposeSimulator } from '../../../../local/aspose-simulator/server.ts';
import { temporaryDirectory } from '../../../support/data-fixture.ts';
import { asposeEnvironment, interruptAt, recall, runCommand, SAMPLES } from '../../../support/run-command.ts';
import { startCommand } from '../../../support/serve-process.ts';

const argumentsFor = (directory: string) => {
  return ['inbox', join(directory, 'in'), '--out', join(directory, 'out'), '--settle', '0.2'];
};

it('recognizes the files of a folder once, with their documents, across a restart', async () => {
  const directory = await temporaryDirectory();
  const inbox = join(directory, 'in');
  await mkdir(join(inbox, 'sub'), { recursive: true });
  await copyFile(join(SAMPLES, 'letter.png'), join(inbox, 'sub', 'letter.png'));
  await copyFile(join(SAMPLES, 'form.png'), join(inbox, 'form.png'));
  await writeFile(join(inbox, 'notes.png'), 'no image');
  await using aspose = await startAsposeSimulator();
  const environment = asposeEnvironment(aspose);

  await using first = await startCommand(argumentsFor(directory), 'sub/letter.png -> Completed', environment);
  await first.line('form.png -> Completed');
  const refused = await first.line('notes.png -> ');
  const status = await first.interrupt();
  const tasks = aspose.createdTasks.length;
  await copyFile(join(SAMPLES, 'form.png'), join(inbox, 'later.png'));
  await using second = await startCommand(argumentsFor(directory), 'later.png -> Completed', environment);
  await second.interrupt();

  const out = join(directory, 'out', 'sub', 'letter.png');
  const manifest = z.parse(manifestSchema, JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')));
  const text = await readFile(join(out, '0.txt'), 'utf8');
  expect(status).toBe(0);
  expect(refused).toMatch(/^notes\.png -> Refused \(NotAnImage\): .*text; allowed: an image/);
  expect(manifest.results).toHaveLength(1);
  expect(recall(text, await readFile(join(SAMPLES, 'letter.txt'), 'utf8'))).toBeGreaterThan(0.95);
  expect(tasks).toBe(2);
  expect(aspose.createdTasks).toHaveLength(3);
  expect(second.lines).toEqual(['later.png -> Completed']);
});

it('ends at once at the second Ctrl-C, and recognizes the unfinished file at the next start', async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'in'));
  await copyFile(join(SAMPLES, 'letter.png'), join(directory, 'in', 'letter.png'));
  await using aspose = await startAsposeSimulator();
  aspose.scriptUploads([{ httpStatus: 503 }]);
  const environment = asposeEnvironment(aspose);

  const interruptBoth = interruptTwice('next try in', 'Ctrl-C again ends at once');
  const stuck = await runCommand(argumentsFor(directory), { environment, onStderr: interruptBoth });
  aspose.scriptUploads([{ accept: {} }]);
  await using resumed = await startCommand(argumentsFor(directory), 'letter.png -> ', environment);

  expect(stuck.stderr).toContain('finishing 1 file; Ctrl-C again ends at once');
  expect(stuck.status).toBe(130);
  expect(stuck.stdout).toBe('');
  expect(resumed.lines).toEqual(['letter.png -> Completed']);
});

/** Sends Ctrl-C when stderr has the first words, and another one after the second words. */
function interruptTwice(first: string, second: string) {
  const interrupt = interruptAt(first);
  let isDue = true;
  return (text: string, kill: (signal: NodeJS.Signals) => void) => {
    interrupt(text, kill);
    // The command takes signals within a second for the same Ctrl-C.
    if (isDue && text.includes(second)) {
      isDue = false;
      setTimeout(() => kill('SIGINT'), 1500);
    }
  };
}
