import { type Duration, type Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { closedObject, textMatching, wholeNumberFromTo } from '../functions/contracts/schema-helpers.ts';
import { pollingSchema } from '../functions/contracts/task-input.ts';
import { InvalidInput, parseInput } from '../functions/core/invalid-input.ts';
import { type PollingOverrides, resolvePolicy } from '../functions/core/polling-policy.ts';
import { POLL_RESERVE_SECONDS } from '../functions/core/task-times.ts';
import { withoutUndefined } from '../functions/core/without-undefined.ts';
import { MAX_FETCH_TIMEOUT_SECONDS } from './fetch-timeout.ts';
import type { OcrCourierProps } from './ocr-courier.ts';
import { MAX_RESPONSE_MEBIBYTES } from './response-size.ts';

/**
 * What is allowed in the settings that the configuration and the props of `OcrCourier` share. The
 * fields have the names of the configuration. In props, a CDK token stands for any value.
 */

const LOG_RETENTION_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number');
const MAX_RETENTION_DAYS = 36_500;

const AUDIENCES = 'a list of one or more audiences';
const SOURCES = 'a list of one or more event sources';
const ORIGIN = textMatching(/^(\*|https?:\/\/[^\s/?#]+)$/, 'an origin such as https://example.com, or *');
const FLAG = z.boolean('true or false');

/** Accepts a CDK token, whose value is known only when the stack is deployed. */
const orToken = <T>(schema: z.ZodMiniType<T>) =>
  z.custom<T>().check(({ value, issues }) => {
    if (Token.isUnresolved(value)) return;
    const { error } = z.safeParse(schema, value, { reportInput: true });
    for (const { message, path, input } of error?.issues ?? [])
      issues.push({ code: 'custom', message, path: [...path], input });
  });

export const textWithContent = (allowed: string) => z.string(allowed).check(z.minLength(1, allowed));
const list = <T>(item: z.ZodMiniType<T>, allowed: string) =>
  orToken(z.array(orToken(item), allowed).check(z.minLength(1, allowed)));

/** More would be all of the concurrency that AWS allows an account by default. */
const MAX_WAITING_REQUESTS = 1000;

const apiSchema = closedObject({
  jwtAuthorizer: z.optional(
    closedObject({
      issuer: orToken(textMatching(/^https:\/\/[^\s/]+/, 'the https URL of an issuer of tokens')),
      audience: list(textWithContent(AUDIENCES), AUDIENCES),
    }),
  ),
  throttling: z.optional(
    closedObject({
      requestsPerSecond: orToken(wholeNumberFromTo(1, 10_000)),
      burst: orToken(wholeNumberFromTo(1, 5000)),
    }),
  ),
  corsOrigins: z.optional(list(ORIGIN, 'a list of one or more origins')),
  maxWaitingRequests: z.optional(wholeNumberFromTo(0, MAX_WAITING_REQUESTS)),
  cancelAtVendor: z.optional(FLAG),
});

export const MONITORING_SETTINGS = {
  enabled: z.optional(FLAG),
  timeToResultMinutes: z.optional(wholeNumberFromTo(1, 1440)),
  batchFailurePercentage: z.optional(orToken(wholeNumberFromTo(1, 100))),
  runbookUrl: z.optional(orToken(textMatching(/^https:\/\/\S+$/, 'an https URL'))),
};

/** Maximum uploads of an image that can be configured. Its polls share one execution's history. */
const MAX_UPLOADS = 5;

/** One upload, and another one for an image whose first task is lost. */
export const DEFAULT_MAX_UPLOADS = 2;

export const SETTINGS = {
  submissionSources: z.optional(list(textWithContent(SOURCES), SOURCES)),
  polling: z.optional(pollingSchema),
  fetchTimeoutSeconds: z.optional(
    wholeNumberFromTo(
      POLL_RESERVE_SECONDS,
      MAX_FETCH_TIMEOUT_SECONDS,
      `at least polling.holdSeconds and ${POLL_RESERVE_SECONDS} to poll and store a result`,
    ),
  ),
  reservedConcurrency: z.optional(orToken(wholeNumberFromTo(1, 100_000))),
  reservedChunkConcurrency: z.optional(orToken(wholeNumberFromTo(1, 100_000))),
  maxUploads: z.optional(wholeNumberFromTo(1, MAX_UPLOADS)),
  maxAnswerMebibytes: z.optional(wholeNumberFromTo(1, MAX_RESPONSE_MEBIBYTES, 'which arrive in time')),
  documentRetentionDays: z.optional(wholeNumberFromTo(1, MAX_RETENTION_DAYS)),
  eventRetentionDays: z.optional(wholeNumberFromTo(1, MAX_RETENTION_DAYS)),
  logRetentionDays: z.optional(z.literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)),
  api: z.optional(apiSchema),
};

interface FetchTimeoutAndHold {
  readonly polling?: PollingOverrides | undefined;
  readonly fetchTimeoutSeconds?: number | undefined;
}

/**
 * Checks that the timeout of the function `fetch-result` covers the hold. A poll starts only while
 * there is time to store its result, so a longer hold would end early.
 */
export function checkFetchTimeout({ value, issues }: z.core.ParsePayload<FetchTimeoutAndHold>): void {
  const { polling = {}, fetchTimeoutSeconds: input } = value;
  const { holdSeconds } = resolvePolicy(polling);
  const minimum = Math.ceil(holdSeconds) + POLL_RESERVE_SECONDS;
  if (input === undefined || input >= minimum) return;
  const reason = `polling.holdSeconds, ${holdSeconds}, and ${POLL_RESERVE_SECONDS} to poll and store a result`;
  const message = `at least ${minimum} (${reason}), or a polling.holdSeconds of at most ${input - POLL_RESERVE_SECONDS}`;
  issues.push({ code: 'custom', path: ['fetchTimeoutSeconds'], input, message });
}

const propsSchema = closedObject({
  ...SETTINGS,
  monitoring: z.optional(closedObject(MONITORING_SETTINGS)),
}).check(checkFetchTimeout);

/** The props that have other names than their fields, and the unit in which they are checked. */
const PROPS: Readonly<Record<string, { readonly prop: string; readonly unit: string }>> = {
  fetchTimeoutSeconds: { prop: 'fetchTimeout', unit: 'seconds' },
  maxAnswerMebibytes: { prop: 'maxAnswerSize', unit: 'mebibytes' },
  documentRetentionDays: { prop: 'documentRetention', unit: 'days' },
  eventRetentionDays: { prop: 'eventRetention', unit: 'days' },
  logRetentionDays: { prop: 'logRetention', unit: 'days' },
  'monitoring.timeToResultMinutes': { prop: 'monitoring.timeToResult', unit: 'minutes' },
};

/**
 * Checks the props of a courier.
 *
 * @throws InvalidInput naming the prop
 */
export function checkProps(props: OcrCourierProps): void {
  const { polling, reservedConcurrency, reservedChunkConcurrency, maxUploads } = props;
  const { submissionSources, api, monitoring } = props;
  if (props.fetchTimeout?.isUnresolved()) {
    throw new InvalidInput('fetchTimeout', 'a CDK token', 'a duration that is known at synthesis');
  }
  const settings = {
    polling,
    reservedConcurrency,
    reservedChunkConcurrency,
    maxUploads,
    submissionSources,
    api,
    fetchTimeoutSeconds: measure(props.fetchTimeout, (timeout) => timeout.toSeconds(ANY_FRACTION)),
    maxAnswerMebibytes: measure(props.maxAnswerSize, (size) =>
      size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }),
    ),
    documentRetentionDays: measure(props.documentRetention, (time) => time.toDays(ANY_FRACTION)),
    eventRetentionDays: measure(props.eventRetention, (time) => time.toDays(ANY_FRACTION)),
    logRetentionDays: props.logRetention,
    monitoring: monitoring && {
      enabled: monitoring.enabled,
      runbookUrl: monitoring.runbookUrl,
      batchFailurePercentage: monitoring.batchFailurePercentage,
      timeToResultMinutes: measure(monitoring.timeToResult, (time) => time.toMinutes(ANY_FRACTION)),
    },
  };
  try {
    parseInput(propsSchema, withoutUndefined(settings));
  } catch (error) {
    const { prop, unit } = (error instanceof InvalidInput && PROPS[error.field]) || {};
    if (!(error instanceof InvalidInput) || prop === undefined) throw error;
    throw new InvalidInput(prop, `${error.got} ${unit}`, error.allowed);
  }
}

/** The schema decides whether a fraction is allowed. */
const ANY_FRACTION = { integral: false };

/** Returns the number of units of a prop, unless it is absent or a CDK token. */
function measure<Amount extends Duration | Size>(
  amount: Amount | undefined,
  unitsOf: (amount: Amount) => number,
): number | undefined {
  return amount === undefined || amount.isUnresolved() ? undefined : unitsOf(amount);
}
