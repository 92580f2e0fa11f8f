import { seededRandom } from '../../bench/seeded-random.ts';

/** What a run decides by chance. */
export interface Draw {
  /** A number in [0, 1). */
  number(): number;
  chance(share: number): boolean;
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  /** One of them, as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
}

/** Draws that are the same for the same seed and subject, whatever else is drawn in between. */
export function drawFor(seed: number, subject: string): Draw {
  const number = seededRandom(hash(subject) ^ Math.imul(seed, 0x9e3779b1));
  return {
    number,
    chance: (share) => number() < share,
    whole: (least, most) => least + Math.floor(number() * (most - least + 1)),
    weighted(choices) {
      let left = number() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, choice] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      throw new RangeError('there is nothing to choose from');
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
