/**
 * Creates a `Date` whose `new Date()`, `Date()` and `Date.now()` return the time of `now`.
 * Everything else is the real `Date`, including instances.
 *
 * @param now milliseconds since the epoch, possibly with fractions
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
