/** Date of the list prices below: us-east-1, in US dollars, without free tiers and discounts. */
export const PRICES_AS_OF = '2026-11';

export const USD_PER = {
  /** Step Functions, Standard workflows. Retries of a state are charged, too. */
  stateTransition: 0.025 / 1000,
  /** Lambda on arm64, first tier. */
  lambdaGigabyteSecond: 0.000_013_333_4,
  lambdaRequest: 0.2 / 1_000_000,
} as const;
