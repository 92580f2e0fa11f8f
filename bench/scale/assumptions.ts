/** From Aspose's sending of the task id to the result: log-normal. "Several seconds", says its documentation. */
export const DURATION_MEDIAN_SECONDS = 3;
export const DURATION_P99_SECONDS = 60;

const DAY_SECONDS = 24 * 60 * 60;
export const TASKS_A_DAY = 1_000_000;
/** The busiest hour against the mean of the day. */
export const PEAK_FACTOR = 4;
export const PEAK_TASKS_PER_SECOND = (TASKS_A_DAY / DAY_SECONDS) * PEAK_FACTOR;

export const BURST_TASKS = 100_000;
export const BURST_WITHIN_SECONDS = 60;

/** Of the concurrency, planned for: the rest is for what planning does not see. */
export const PLANNED_SHARE = 0.7;
