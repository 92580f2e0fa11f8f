import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { peakRssMB } from '../peak-rss.ts';

/**
 * Is loaded into the measured command, and writes the command's peak memory to the file
 * `PEAK_RSS_FILE` at its end.
 */

const { PEAK_RSS_FILE } = process.env;
if (isMainThread && PEAK_RSS_FILE !== undefined)
  process.once('exit', () => writeFileSync(PEAK_RSS_FILE, String(peakRssMB())));
