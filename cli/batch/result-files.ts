/** Names of the files in OUT that describe the results of a batch. */
export const RESULTS_JSONL = 'results.jsonl';
export const RESULTS_CSV = 'results.csv';
export const SUMMARY_JSON = 'summary.json';
export const RESULT_FILES = [RESULTS_JSONL, RESULTS_CSV, SUMMARY_JSON] as const;
export type ResultFile = (typeof RESULT_FILES)[number];
