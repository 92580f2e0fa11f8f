import { App, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { MAX_HOLD_SECONDS } from '../../functions/contracts/task-input.ts';
import { POLL_RESERVE_SECONDS } from '../../functions/core/task-times.ts';
import { DEFAULT_FETCH_TIMEOUT } from '../../lib/fetch-timeout.ts';
import { OcrCourier, type OcrCourierProps } from '../../lib/ocr-courier.ts';
import { propertiesOf } from '../support/synthesis.ts';

const newStack = () => new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
const construct = (props: OcrCourierProps, stack = newStack()) => new OcrCourier(stack, 'Courier', props);

const audience = ['ocr'];
const requestsPerSecond = 5;

describe('the construct refuses the prop', () => {
  it.each<[string, OcrCourierProps, string]>([
    ['asposeBaseUrl', { asposeBaseUrl: 'http://api.aspose.cloud' }, 'got http:'],
    ['polling.preset', { polling: Object({ preset: 'fast' }) }, "got 'fast'; allowed: one of frugal, balan"],
    ['polling.holdSeconds', { polling: { holdSeconds: 211 } }, 'got 211; allowed: a number from 0 to 210'],
    [
      'polling.maxPolls',
      { polling: { maxPolls: 1601 } },
      'got 1601; allowed: a whole number from 1 to 1600 (each poll adds up to 9 events to a history that is limited to 25000)',
    ],
    ['polling.timeoutSeconds', { polling: { timeoutSeconds: 90_000 } }, 'got 90000; '],
    ['polling.firstPollDelaySeconds', { polling: { firstPollDelaySeconds: -1 } }, 'got -1; '],
    [
      'fetchTimeout',
      { fetchTimeout: Duration.seconds(89) },
      'got 89 seconds; allowed: a whole number from 270',
    ],
    ['fetchTimeout', { fetchTimeout: Duration.seconds(601) }, 'got 601 seconds; '],
    ['fetchTimeout', { fetchTimeout: Duration.millis(299_500) }, 'got 299.5 seconds; '],
    ['reservedConcurrency', { reservedConcurrency: 0 }, 'got 0; allowed: a whole number from 1 to 100000'],
    ['reservedConcurrency', { reservedConcurrency: -1.5 }, 'got -1.5; '],
    ['reservedChunkConcurrency', { reservedChunkConcurrency: 0 }, 'got 0; allowed: a whole number from 1'],
    ['maxAnswerSize', { maxAnswerSize: Size.mebibytes(0) }, 'got 0 mebibytes; '],
    ['maxAnswerSize', { maxAnswerSize: Size.kibibytes(1536) }, 'got 1.5 mebibytes; allowed: a whole number'],
    [
      'submissionSources',
      { submissionSources: [] },
      'got an array of 0; allowed: a list of one or more event',
    ],
    ['documentRetention', { documentRetention: Duration.days(0) }, 'got 0 days; '],
    ['documentRetention', { documentRetention: Duration.hours(12) }, 'got 0.5 days; allowed: a whole number'],
    // EventBridge would keep the events indefinitely.
    ['eventRetention', { eventRetention: Duration.days(0) }, 'got 0 days; allowed: a whole number from 1'],
    ['logRetention', { ...Object({ logRetention: 8 }) }, 'got 8 days; allowed: one of 1, 3, 5, 7, '],
    ['api.jwtAuthorizer.issuer', { api: { jwtAuthorizer: { issuer: 'ocr', audience } } }, "got 'ocr'; "],
    ['api.throttling.burst', { api: { throttling: { requestsPerSecond, burst: 0 } } }, 'got 0; '],
    [
      'api.throttling.requestsPerSecond',
      { api: { throttling: { requestsPerSecond: -1, burst: 5 } } },
      'got -1; allowed: a whole number from 1 to 10000',
    ],
    ['api.maxWaitingRequests', { api: { maxWaitingRequests: -1 } }, 'got -1; allowed: a whole number from 0'],
    ['api.corsOrigins.0', { api: { corsOrigins: ['foo'] } }, "got 'foo'; allowed: an origin such as https:"],
    [
      'monitoring.timeToResult',
      { monitoring: { timeToResult: Duration.seconds(0) } },
      'got 0 minutes; allowed: a whole number from 1 to 1440',
    ],
    [
      'monitoring.batchFailurePercentage',
      { monitoring: { batchFailurePercentage: 0 } },
      'got 0; allowed: a whole number from 1 to 100',
    ],
    ['monitoring.runbookUrl', { monitoring: { runbookUrl: 'wiki' } }, "got 'wiki'; allowed: an https URL"],
  ])('%s (case %#)', (prop, props, message) => {
    expect(() => construct(props)).toThrow(
      expect.objectContaining({
        name: 'InvalidInput',
        message: expect.stringContaining(`${prop}: ${message}`),
      }),
    );
  });
});

describe('the timeout of the fetch-result function', () => {
  it('leaves room for the longest possible hold by default', () => {
    expect(DEFAULT_FETCH_TIMEOUT.toSeconds()).toBe(MAX_HOLD_SECONDS + POLL_RESERVE_SECONDS);
  });

  it.each([
    [0, 270],
    [60, 330],
    [60.5, 331],
    [120, 600],
  ])('may, for a hold of %d s, be %i s', (holdSeconds, seconds) => {
    const props = { polling: { holdSeconds }, fetchTimeout: Duration.seconds(seconds) };

    expect(construct(props).pollingPolicy).toMatchObject({ holdSeconds });
  });

  it.each([
    [
      60,
      329,
      'at least 330 (polling.holdSeconds, 60, and 270 to poll and store a result), or a polling.holdSeconds',
    ],
    [60.5, 330, 'at least 331 '],
    [
      200,
      300,
      'at least 470 (polling.holdSeconds, 200, and 270 to poll and store a result), or a polling.hold',
    ],
  ])('is refused for a hold of %d s when it is %i s', (holdSeconds, seconds, allowed) => {
    const polling = { holdSeconds };
    const fetchTimeout = Duration.seconds(seconds);

    expect(() => construct({ polling, fetchTimeout })).toThrow(
      `fetchTimeout: got ${seconds} seconds; allowed: ${allowed}`,
    );
  });
});

it('accepts CDK tokens, whose values are known only at deployment', () => {
  const stack = newStack();
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const list = new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList;
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const props = {
    asposeBaseUrl: text,
    reservedConcurrency: number,
    reservedChunkConcurrency: number,
    submissionSources: list,
    api: {
      jwtAuthorizer: { issuer: text, audience: [text] },
      throttling: { requestsPerSecond: number, burst: number },
      corsOrigins: list,
    },
    monitoring: { runbookUrl: text, batchFailurePercentage: number },
  };

  construct(props, stack);
  const synthesized = Template.fromStack(stack);

  expect(propertiesOf(synthesized, 'AWS::Lambda::Function', 'FetchResult')).toMatchObject({
    Environment: { Variables: { ASPOSE_BASE_URL: '<Text>' } },
    ReservedConcurrentExecutions: '<Number>',
  });
  expect(propertiesOf(synthesized, 'AWS::Lambda::Function', 'CollectChunk')).toMatchObject({
    ReservedConcurrentExecutions: '<Number>',
  });
});
