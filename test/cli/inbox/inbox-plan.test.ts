import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type InboxOptions, planInbox } from '../../../cli/inbox/inbox-plan.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';

async function plan(options: InboxOptions, directory = 'in') {
  const base = await temporaryDirectory();
  await mkdir(join(base, 'in', 'sub'), { recursive: true });
  await writeFile(join(base, 'file'), '');
  await symlink(join(base, 'in'), join(base, 'link'));
  return { base, plan: await planInbox(directory, options, base, (_, texts) => texts) };
}

it('has defaults for everything but the directory', async () => {
  const { base, plan: planned } = await plan({});

  expect(planned).toEqual({
    inbox: join(base, 'in'),
    out: join(base, 'out', 'inbox'),
    failed: undefined,
    moveDone: false,
    operation: 'RecognizeImage',
    settings: {},
    settleMs: 3000,
  });
});

it.each<[InboxOptions, string]>([
  [{ operation: 'Recognize' }, "operation: got 'Recognize'; allowed: RecognizeImage, "],
  [{ afterwards: 'delete' }, "afterwards: got 'delete'; allowed: keep, move"],
  [{ settle: '0' }, "settle: got '0'; allowed: seconds from 0.1 to 3600"],
  [{ settle: '3601' }, "settle: got '3601'; allowed: seconds"],
  [{ settle: '-1' }, "settle: got '-1'; allowed: seconds"],
  [{ settle: '1e1' }, "settle: got '1e1'; allowed: seconds"],
  [{ setting: ['language'] }, "setting: got 'language'; allowed: name=value"],
  [{ setting: ['=German'] }, "setting: got '=German'; allowed: name=value"],
  [{ setting: ['a=1', 'a=2'] }, 'setting: got a twice; allowed: each setting once'],
  [{ out: 'in' }, "out: got 'in', which lies in the watched directory; allowed: a directory outside"],
  [{ out: 'in/new/er' }, "out: got 'in/new/er', which lies in the watched directory"],
  [{ out: 'link/new' }, "out: got 'link/new', which lies in the watched directory"],
  [{ out: '.' }, "out: got '.', which contains the watched directory"],
  [{ failed: 'in/sub' }, "failed: got 'in/sub', which lies in the watched directory"],
  [{ failed: '..' }, "failed: got '..', which contains the watched directory"],
  [{ out: 'out', failed: 'out' }, "failed: got 'out', which is the directory of --out"],
])('refuses %j: %s', async (options, message) => {
  await expect(plan(options)).rejects.toThrow(message);
});

it.each([
  ['nowhere', "dir: got 'nowhere', which does not exist; allowed: a directory that exists"],
  ['file', "dir: got 'file', which is a file"],
  ['file/in', "dir: got 'file/in', which cannot be read (ENOTDIR)"],
  ['', "dir: got ''; allowed"],
])('refuses to watch %j: %s', async (directory, message) => {
  await expect(plan({}, directory)).rejects.toThrow(message);
});

it('accepts directories that the inbox ignores, or whose name only starts with its name', async () => {
  const { base, plan: planned } = await plan({ out: 'in/.out', failed: 'inbox-failed', settle: '0.5' });

  expect(planned).toMatchObject({
    out: join(base, 'in', '.out'),
    failed: join(base, 'inbox-failed'),
    settleMs: 500,
  });
});
