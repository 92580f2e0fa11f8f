import type { TaskSummary } from '../../../functions/contracts/http-api.ts';
import { createBarFigure } from './chart.ts';
import { byId } from './dom.ts';
import { distributeDurations, distributeOutcomes, distributePolls } from './statistics.ts';

/** The figures of all tasks that the server keeps. */
export interface Overview {
  show(tasks: readonly TaskSummary[]): void;
}

/** Shows how tasks ended, how long they took, and how often they were polled. */
export function createOverview(): Overview {
  const none = byId('overview-none', HTMLParagraphElement);
  const figures = byId('overview-figures', HTMLDivElement);
  const outcomes = createBarFigure('outcomes', (label) => OUTCOME_COLORS[label] ?? '--bad');
  const durations = createBarFigure('durations', () => '--accent');
  const polls = createBarFigure('polls-per-task', () => '--accent');
  return {
    show(tasks) {
      none.hidden = tasks.length > 0;
      figures.hidden = tasks.length === 0;
      outcomes.show(distributeOutcomes(tasks));
      durations.show(distributeDurations(tasks));
      polls.show(distributePolls(tasks));
    },
  };
}

/** Other outcomes are failures. */
const OUTCOME_COLORS: Readonly<Record<string, string>> = {
  Completed: '--good',
  Collecting: '--accent',
  Cancelled: '--quiet',
};
