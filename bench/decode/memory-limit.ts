import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../processes.ts';

/** A limit of memory that includes page cache and socket buffers, but not swap. */
interface MemoryLimit extends AsyncDisposable {
  /** The mechanism, for `--json`. */
  readonly setBy: string;
  /** Returns a command that runs this one within the limit. */
  command(...command: Command): Command;
}

/** The two versions of Linux control groups. */
const HIERARCHIES = [
  { version: 'v1', root: '/sys/fs/cgroup/memory', file: 'memory.limit_in_bytes' },
  { version: 'v2', root: '/sys/fs/cgroup', file: 'memory.max' },
] as const;

/** Sets a limit of the kernel, or no limit where that is not permitted. */
export async function limitMemory(limitBytes: number): Promise<MemoryLimit> {
  for (const { version, root, file } of HIERARCHIES) {
    const group = join(root, `ocr-courier-bench-${process.pid}`);
    try {
      await mkdir(group);
      // The kernel creates the file with the group. Elsewhere it is missing, and r+ fails.
      await writeFile(join(group, file), String(limitBytes), { flag: 'r+' });
    } catch {
      await rmdir(group).catch(() => {});
      continue;
    }
    const script = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
    return {
      setBy: `a control group (${version}): ${file}`,
      command: (...command) => ['/bin/sh', '-c', script, group, ...command],
      [Symbol.asyncDispose]: () => rmdir(group),
    };
  }
  return {
    setBy: 'no limit set, as no control group could be created',
    command: (...command) => command,
    async [Symbol.asyncDispose]() {},
  };
}
