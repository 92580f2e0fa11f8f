import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecognizeFile } from '../../cli/inbox/recognize-port.ts';
import { createProgress } from '../../cli/progress.ts';
import { runInbox } from '../../cli/run-inbox.ts';

/** Recognizes what starts like a PNG image. A content with `slow` in it never ends. */
export const recognizePngText: RecognizeFile = async ({ path }, outDirectory) => {
  const content = await readFile(path, 'latin1');
  if (!content.startsWith('PNG'))
    return { outcome: 'Refused', reason: 'NotAnImage', message: 'not an image' };
  if (content.includes('broken')) return { outcome: 'Failed', reason: 'RecognitionError' };
  if (content.includes('slow')) await new Promise(() => {});
  await mkdir(outDirectory, { recursive: true });
  await writeFile(join(outDirectory, 'manifest.json'), '{}');
  return { outcome: 'Completed' };
};

// Run as a program, it watches the folder `in` of the working directory.
if (process.argv[1] === import.meta.filename) {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const context = {
    directory: process.cwd(),
    progress: createProgress(process.stderr),
    cancelled: abort.signal,
  };
  process.exitCode = await runInbox(
    'in',
    { out: 'out', settle: '0.1' },
    context,
    recognizePngText,
    (_, texts) => texts,
  );
}
