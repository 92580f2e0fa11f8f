import type { PollingPolicy } from '../functions/core/polling-policy.ts';
import { PRICES_AS_OF } from './aws-prices.ts';
import { HISTORY_LIMIT, usdPer1000Completed, worstCase } from './polling-estimate.ts';

/** US dollars with as many digits as an estimate has. */
export function roundedUsd(usd: number): string {
  return String(Number(usd.toPrecision(2)));
}

/** What the configured policy makes of a task, as outputs of the stack: docs/costs.md. */
export function estimateOutputs(policy: PollingPolicy) {
  const { polls, stateTransitions, historyEvents, usdPer1000Tasks } = worstCase(policy);
  const pending = 'of a task that stays Pending until its deadline';
  const onAws = `US dollars on AWS (list prices of ${PRICES_AS_OF}, us-east-1; without what Aspose bills) for 1,000 tasks`;
  return [
    { name: 'WorstCasePolls', value: String(polls), description: `The most polls, ${pending}` },
    {
      name: 'WorstCaseStateTransitions',
      value: String(stateTransitions),
      description: `The most state transitions, ${pending}; retries of AWS faults come on top`,
    },
    {
      name: 'WorstCaseHistoryEvents',
      value: String(historyEvents),
      description: `The most history events, ${pending}; ${HISTORY_LIMIT} would end its execution`,
    },
    {
      name: 'UsdPer1000TasksWorstCase',
      value: roundedUsd(usdPer1000Tasks),
      description: `${onAws} that stay Pending until their deadlines`,
    },
    ...[3, 30, 600].map((seconds) => ({
      name: `UsdPer1000TasksAt${seconds}Seconds`,
      value: roundedUsd(usdPer1000Completed(policy, seconds)),
      description: `${onAws} that are Completed ${seconds} seconds after their start`,
    })),
  ];
}
