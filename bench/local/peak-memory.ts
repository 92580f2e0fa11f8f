import { writeFileSync } from 'node:fs';
import { env, resourceUsage } from 'node:process';
import { isMainThread } from 'node:worker_threads';

/** Preloaded into a process (`--import`): leaves its peak resident set, in bytes, in the file that PEAK_MEMORY_FILE names. */
const { PEAK_MEMORY_FILE: file } = env;
if (isMainThread && file !== undefined) {
  process.on('exit', () => writeFileSync(file, String(resourceUsage().maxRSS * 1024)));
}
