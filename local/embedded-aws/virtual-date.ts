/**
 * `Date` for code that must live in another time than the machine's: `new Date()`, `Date()` and `Date.now()` tell
 * the time that `now` gives (milliseconds since the epoch, which it may give fractions of); all else is the real
 * `Date`, instances included.
 */
export function virtualDate(now: () => number): DateConstructor {
  const wholeNow = () => Math.trunc(now());
  return new Proxy(Date, {
    apply: () => new Date(wholeNow()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [wholeNow()] : args, newTarget),
    get: (target, property, receiver) =>
      property === 'now' ? wholeNow : Reflect.get(target, property, receiver),
  });
}
