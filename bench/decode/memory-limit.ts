import { access, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A Linux control group. It limits memory, including page cache and socket buffers. */
export interface MemoryLimit {
  /** The mechanism, for the documents. */
  readonly setBy: string;
  /** Returns a command that runs this one within the limit. */
  command(file: string, args: readonly string[]): readonly [string, readonly string[]];
  remove(): Promise<void>;
}

interface Hierarchy {
  readonly setBy: string;
  readonly root: string;
  readonly limitFile: string;
  /** Limits memory plus swap (v1) or swap (v2). Missing when the kernel does not count swap. */
  readonly swapFile: string;
  readonly swapBytes: (limitBytes: number) => number;
}

const HIERARCHIES: readonly Hierarchy[] = [
  {
    setBy: 'a control group (v1): memory.limit_in_bytes',
    root: '/sys/fs/cgroup/memory',
    limitFile: 'memory.limit_in_bytes',
    swapFile: 'memory.memsw.limit_in_bytes',
    swapBytes: (limitBytes) => limitBytes,
  },
  {
    setBy: 'a control group (v2): memory.max',
    root: '/sys/fs/cgroup',
    limitFile: 'memory.max',
    swapFile: 'memory.swap.max',
    swapBytes: () => 0,
  },
];

/** Sets a limit of the kernel. Returns undefined without root permissions. */
export async function limitMemory(limitBytes: number): Promise<MemoryLimit | undefined> {
  for (const hierarchy of HIERARCHIES) {
    const group = join(hierarchy.root, `ocr-courier-bench-${process.pid}`);
    try {
      await access(join(hierarchy.root, 'cgroup.procs'));
      await mkdir(group);
    } catch {
      continue;
    }
    try {
      await set(hierarchy, group, limitBytes);
    } catch {
      await rmdir(group);
      continue;
    }
    return {
      setBy: hierarchy.setBy,
      command: (file, args) => [
        'sh',
        ['-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', group, file, ...args],
      ],
      remove: () => rmdir(group),
    };
  }
  return undefined;
}

async function set(hierarchy: Hierarchy, group: string, limitBytes: number): Promise<void> {
  const limitFile = join(group, hierarchy.limitFile);
  await writeFile(limitFile, String(limitBytes));
  const swapFile = join(group, hierarchy.swapFile);
  const countsSwap = await access(swapFile).then(
    () => true,
    () => false,
  );
  if (countsSwap) await writeFile(swapFile, String(hierarchy.swapBytes(limitBytes)));
  const isSet = Number(await readFile(limitFile, 'utf8')) === limitBytes;
  if (!isSet) throw new Error('the kernel did not accept the limit');
}
