/**
 * Transforms values concurrently and yields the results in the order of the values. At most `limit`
 * values are under way. None is under way any more when the iteration ends, even by an error.
 */
export async function* transformInOrder<Value, Result>(
  values: Iterable<Value> | AsyncIterable<Value>,
  limit: number,
  transform: (value: Value) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  try {
    for await (const value of values) {
      const result = transform(value);
      // An error is thrown when its turn comes. Node would end the process before.
      result.catch(() => {});
      underWay.push(result);
      if (underWay.length >= limit) yield* firstOf(underWay);
    }
    while (underWay.length > 0) yield* firstOf(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function* firstOf<Result>(underWay: Promise<Result>[]): AsyncGenerator<Result> {
  const first = underWay.shift();
  if (first !== undefined) yield await first;
}
