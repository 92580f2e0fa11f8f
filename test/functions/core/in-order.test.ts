import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { transformInOrder } from '../../../functions/core/in-order.ts';
import { toArray } from '../../support/to-array.ts';

it('yields results in the order of the values, although later ones are ready earlier', async () => {
  const results = transformInOrder([3, 2, 1, 0], 4, async (turns) => {
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    return turns;
  });

  expect(await toArray(results)).toEqual([3, 2, 1, 0]);
});

it('has at most the limit of values under way', async () => {
  const seen: number[] = [];
  let underWay = 0;
  const results = transformInOrder(
    Array.from({ length: 20 }, (_, i) => i),
    4,
    async (value) => {
      underWay += 1;
      seen.push(underWay);
      await nextTurn();
      underWay -= 1;
      return value;
    },
  );

  expect(await toArray(results)).toHaveLength(20);
  expect(Math.max(...seen)).toBe(4);
});

it('throws the first error in order, once nothing is under way any more', async () => {
  let underWay = 0;
  const started: number[] = [];
  const results = transformInOrder([0, 1, 2, 3, 4, 5], 3, async (value) => {
    started.push(value);
    underWay += 1;
    await nextTurn();
    if (value < 2) await nextTurn();
    underWay -= 1;
    if (value > 0) throw new Error(`value ${value}`);
  });

  await expect(toArray(results)).rejects.toThrow('value 1');
  expect(underWay).toBe(0);
  expect(started).toEqual([0, 1, 2, 3]);
});

it('takes values only when there is room for them', async () => {
  const taken: number[] = [];
  function* values() {
    for (const value of [0, 1, 2]) {
      taken.push(value);
      yield value;
    }
  }
  const results = transformInOrder(values(), 1, async (value) => value);

  await results.next();

  expect(taken).toEqual([0]);
});
