import { seededRandom } from '../../bench/seeded-random.ts';

/** Makes random choices. */
export interface Draw {
  /** A number in [0, 1). */
  number(): number;
  chance(probability: number): boolean;
  /** A whole number between both bounds, inclusive. */
  whole(minimum: number, maximum: number): number;
  /** One choice, with a probability proportional to its weight. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
}

/** Makes the same choices for the same seed and subject, whatever is drawn for other subjects. */
export function drawFor(seed: number, subject: string): Draw {
  const number = seededRandom(hashFnv1a(subject) ^ Math.imul(seed, 0x9e3779b1));
  return {
    number,
    chance: (probability) => number() < probability,
    whole: (minimum, maximum) => minimum + Math.floor(number() * (maximum - minimum + 1)),
    weighted(choices) {
      let left = number() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, choice] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      throw new RangeError('choices: got none; allowed: at least one');
    },
  };
}

function hashFnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
