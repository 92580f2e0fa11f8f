import { basename } from 'node:path';
import { batchKeys } from '../../functions/contracts/batch-keys.ts';

const { lines, csv, summary } = batchKeys('');

/** Names of the files in OUT that describe the results of a batch. */
export const RESULTS_JSONL = basename(lines);
export const RESULTS_CSV = basename(csv);
export const SUMMARY_JSON = basename(summary);
export const RESULT_FILES = [RESULTS_JSONL, RESULTS_CSV, SUMMARY_JSON];
