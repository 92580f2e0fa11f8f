import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../processes.ts';

/** A limit of memory that includes page cache and socket buffers. */
interface MemoryLimit extends AsyncDisposable {
  /** The mechanism, for `--json`. */
  readonly setBy: string;
  /** Returns a command that runs this one within the limit. */
  command(...command: Command): Command;
}

/** The two versions of Linux control groups. */
const HIERARCHIES = [
  {
    setBy: 'a control group (v1): memory.limit_in_bytes',
    root: '/sys/fs/cgroup/memory',
    limitFile: 'memory.limit_in_bytes',
    /** Memory plus swap. */
    swapFile: 'memory.memsw.limit_in_bytes',
    swapBytes: (limitBytes: number) => limitBytes,
  },
  {
    setBy: 'a control group (v2): memory.max',
    root: '/sys/fs/cgroup',
    limitFile: 'memory.max',
    /** Swap only. */
    swapFile: 'memory.swap.max',
    swapBytes: () => 0,
  },
] as const;

/** Sets a limit of the kernel, or no limit where that is not permitted. */
export async function limitMemory(limitBytes: number): Promise<MemoryLimit> {
  for (const { setBy, root, limitFile, swapFile, swapBytes } of HIERARCHIES) {
    const group = join(root, `ocr-courier-bench-${process.pid}`);
    // Files of a control group exist before they are written.
    const set = (file: string, bytes: number) => writeFile(join(group, file), String(bytes), { flag: 'r+' });
    try {
      await mkdir(group);
      await set(limitFile, limitBytes);
    } catch {
      await rmdir(group).catch(() => {});
      continue;
    }
    // Missing when the kernel does not count swap.
    await set(swapFile, swapBytes(limitBytes)).catch(() => {});
    return {
      setBy,
      command: (...command) => [
        '/bin/sh',
        '-c',
        'echo $$ > "$0/cgroup.procs" && exec "$@"',
        group,
        ...command,
      ],
      [Symbol.asyncDispose]: () => rmdir(group),
    };
  }
  return {
    setBy: 'no limit set, as no control group could be created',
    command: (...command) => command,
    async [Symbol.asyncDispose]() {},
  };
}
