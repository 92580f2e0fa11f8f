import { existsSync, readFileSync } from 'node:fs';

const PROCESS_STATUS = '/proc/self/status';

/**
 * Reads the peak memory of this process from /proc. On Linux, `resourceUsage().maxRSS` includes the
 * memory of the parent process, so it is used only where /proc is missing.
 */
export function peakRssMB(): number {
  const status = existsSync(PROCESS_STATUS) ? readFileSync(PROCESS_STATUS, 'utf8') : '';
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(status) ?? [];
  return (Number(kibibytes ?? process.resourceUsage().maxRSS) * 1024) / 1e6;
}
