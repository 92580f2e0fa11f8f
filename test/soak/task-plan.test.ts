import { describe, expect, it } from 'vitest';
import { createAwsFaults } from './aws-faults.ts';
import {
  endAfter,
  endsAfterLostResponses,
  type Meaning,
  type Step,
  withFaults,
} from './response-sequence.ts';
import { drawFor } from './seeded-draw.ts';
import { planTask } from './task-plan.ts';

const steps = (...meanings: readonly Meaning[]): Step[] =>
  meanings.map((meaning) => ({ meaning, response: { taskStatus: null } }));

describe('planTask', () => {
  it('returns the same plan for the same seed and index only', () => {
    expect(planTask(1, 5, 0.2)).toEqual(planTask(1, 5, 0.2));
    expect(planTask(1, 6, 0.2).documents).not.toEqual(planTask(1, 5, 0.2).documents);
    expect(planTask(2, 5, 0.2).documents).not.toEqual(planTask(1, 5, 0.2).documents);
  });

  it('plans about the given share of faulty responses, and none at 0', () => {
    const planned = (share: number) =>
      Array.from({ length: 150 }, (_, index) => planTask(1, index, share).steps).flat();
    const faulty = (share: number) => planned(share).filter(({ fault }) => fault !== undefined).length;
    expect(faulty(0)).toBe(0);
    expect(faulty(0.2) / planned(0.2).length).toBeCloseTo(0.2, 1);
  });

  it('plans a failure when every response is faulty', () => {
    const end = endAfter(withFaults(steps('Completed'), 1, drawFor(1, 'task')));
    expect(end).toMatchObject({ outcome: 'Failed' });
  });
});

describe('createAwsFaults', () => {
  const call = (taskId: string) =>
    ({ service: 'dynamodb', operation: 'PutItem', about: `{"taskId":"${taskId}"}` }) as const;
  const tasks = ['soak-1-1', 'soak-1-2', 'soak-1-3'];

  it('draws the same faults for a task in whatever order tasks run', () => {
    const first = createAwsFaults(7, 0.5, () => {});
    const second = createAwsFaults(7, 0.5, () => {});
    const interleaved = Array.from({ length: 20 }, () => tasks.map((taskId) => first.faultOf(call(taskId))));
    const sequential = tasks.map((taskId) => Array.from({ length: 20 }, () => second.faultOf(call(taskId))));
    expect(tasks.map((_, task) => interleaved.map((turn) => turn[task]))).toEqual(sequential);
  });

  it('draws faults for the given share of calls, and reports each', () => {
    let reported = 0;
    const aws = createAwsFaults(7, 0.2, () => {
      reported += 1;
    });
    const faulty = Array.from({ length: 2000 }, () => aws.faultOf(call('soak-1-1'))).filter(Boolean).length;
    expect(faulty / 2000).toBeCloseTo(0.2, 1);
    expect([reported, aws.calls()]).toEqual([faulty, 2000]);
  });
});

describe('the expected end', () => {
  it.each<[readonly Meaning[], object]>([
    [['Unfinished', 'Completed'], { outcome: 'Completed' }],
    [['Malformed', 'Malformed', 'Completed'], { outcome: 'Completed' }],
    [['Malformed', 'Unfinished', 'Malformed', 'Malformed', 'Completed'], { outcome: 'Completed' }],
    [
      ['Malformed', 'Unavailable', 'Malformed', 'Malformed', 'Completed'],
      { outcome: 'Failed', reason: 'ContractViolation' },
    ],
    [
      [...Array<Meaning>(12).fill('Unavailable'), 'Completed'],
      { outcome: 'Failed', reason: 'UpstreamUnavailable' },
    ],
    [['Undecodable', 'Undecodable', 'Completed'], { outcome: 'Failed', reason: 'UndecodableResult' }],
    [['NotExist'], { outcome: 'NotFound' }],
    [['Unfinished', 'NotExist'], { outcome: 'Expired' }],
    [['Undecodable', 'NotExist'], { outcome: 'Expired' }],
    [['Unauthorized', 'Error'], { outcome: 'Failed', reason: 'RecognitionError' }],
  ])('after %j is %j', (meanings, end) => {
    expect(endAfter(steps(...meanings))).toEqual(end);
  });

  it('may be a failure if responses were lost between enough faults', () => {
    const sequence = steps('Malformed', 'Malformed', 'Unfinished', 'Malformed', 'Completed');
    expect(endsAfterLostResponses(sequence)).toContainEqual({
      outcome: 'Failed',
      reason: 'ContractViolation',
    });
    expect(endsAfterLostResponses(sequence.slice(1))).not.toContainEqual({
      outcome: 'Failed',
      reason: 'ContractViolation',
    });
  });
});
