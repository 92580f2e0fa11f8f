import { describe, expect, it } from 'vitest';
import { drawAwsFaults } from './aws-faults.ts';
import { drawFor } from './draw.ts';
import { planTask } from './task-plan.ts';
import { endOf, endsWithLostAnswers, type Meaning, type Step, withFaults } from './vendor-course.ts';

const steps = (...meanings: readonly Meaning[]): Step[] =>
  meanings.map((meaning) => ({ meaning, answer: { taskStatus: null } }));

describe('a plan', () => {
  it('is the same for the same seed and number, and another one for another', () => {
    expect(planTask(1, 5, 0.2)).toEqual(planTask(1, 5, 0.2));
    expect(planTask(1, 6, 0.2).documents).not.toEqual(planTask(1, 5, 0.2).documents);
    expect(planTask(2, 5, 0.2).documents).not.toEqual(planTask(1, 5, 0.2).documents);
  });

  it('has about the share of faulty answers that was asked for, none at 0', () => {
    const answers = (share: number) =>
      Array.from({ length: 150 }, (_, index) => planTask(1, index, share).steps).flat();
    const faulty = (share: number) => answers(share).filter(({ fault }) => fault !== undefined).length;
    expect(faulty(0)).toBe(0);
    expect(faulty(0.2) / answers(0.2).length).toBeCloseTo(0.2, 1);
  });

  it('goes on for ever at 1, without an end of its own', () => {
    const end = endOf(withFaults(steps('Completed'), 1, drawFor(1, 'task')));
    expect(end).toMatchObject({ outcome: 'Failed' });
  });
});

describe('the faults of AWS', () => {
  const call = (taskId: string) =>
    ({ service: 'dynamodb', operation: 'PutItem', about: `{"taskId":"${taskId}"}` }) as const;
  const tasks = ['soak-1-1', 'soak-1-2', 'soak-1-3'];

  it('are the same for a task whatever the others do', () => {
    const one = drawAwsFaults(7, 0.5, () => {});
    const other = drawAwsFaults(7, 0.5, () => {});
    const inTurns = Array.from({ length: 20 }, () => tasks.map((taskId) => one.faultOf(call(taskId))));
    const oneByOne = tasks.map((taskId) => Array.from({ length: 20 }, () => other.faultOf(call(taskId))));
    expect(tasks.map((_, task) => inTurns.map((turn) => turn[task]))).toEqual(oneByOne);
  });

  it('befall the share of the calls that was asked for, and each is counted', () => {
    let counted = 0;
    const aws = drawAwsFaults(7, 0.2, () => {
      counted += 1;
    });
    const struck = Array.from({ length: 2000 }, () => aws.faultOf(call('soak-1-1'))).filter(Boolean).length;
    expect(struck / 2000).toBeCloseTo(0.2, 1);
    expect([counted, aws.calls()]).toEqual([struck, 2000]);
  });
});

describe('the end that answers lead to', () => {
  it.each<[readonly Meaning[], object]>([
    [['Alive', 'Completed'], { outcome: 'Completed' }],
    [['Malformed', 'Malformed', 'Completed'], { outcome: 'Completed' }],
    [['Malformed', 'Alive', 'Malformed', 'Malformed', 'Completed'], { outcome: 'Completed' }],
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
    [['Alive', 'NotExist'], { outcome: 'Expired' }],
    [['Undecodable', 'NotExist'], { outcome: 'Expired' }],
    [['Unauthorized', 'Error'], { outcome: 'Failed', reason: 'RecognitionError' }],
  ])('%j', (meanings, end) => {
    expect(endOf(steps(...meanings))).toEqual(end);
  });

  it('may be another one where answers were lost, if the faults suffice for it', () => {
    const course = steps('Malformed', 'Malformed', 'Alive', 'Malformed', 'Completed');
    expect(endsWithLostAnswers(course)).toContainEqual({ outcome: 'Failed', reason: 'ContractViolation' });
    expect(endsWithLostAnswers(course.slice(1))).not.toContainEqual({
      outcome: 'Failed',
      reason: 'ContractViolation',
    });
  });
});
