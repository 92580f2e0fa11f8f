/**
 * What happens next: a binary heap of things, each with its time. Times and things lie in arrays of their own, as millions
 * of objects that hold one of each would take most of a simulation's time.
 */
export class EventQueue<T> {
  readonly #times: number[] = [];
  readonly #things: T[] = [];

  push(at: number, thing: T): void {
    const times = this.#times;
    const things = this.#things;
    let place = times.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = times[parent];
      const parents = things[parent];
      if (above === undefined || parents === undefined || above <= at) break;
      times[place] = above;
      things[place] = parents;
      place = parent;
    }
    times[place] = at;
    things[place] = thing;
  }

  /** Takes the earliest, and gives it to `happen` with its time; says whether there was one. */
  next(happen: (at: number, thing: T) => void): boolean {
    const at = this.#times[0];
    const thing = this.#things[0];
    const lastAt = this.#times.pop();
    const last = this.#things.pop();
    if (at === undefined || thing === undefined || lastAt === undefined || last === undefined) return false;
    if (this.#times.length > 0) this.#sink(lastAt, last);
    happen(at, thing);
    return true;
  }

  /** Puts a thing into the place at the top, which is free. */
  #sink(at: number, thing: T): void {
    const times = this.#times;
    const things = this.#things;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      const left = times[child] ?? Number.POSITIVE_INFINITY;
      const right = times[child + 1] ?? Number.POSITIVE_INFINITY;
      if (right < left) child += 1;
      const below = Math.min(left, right);
      const childs = things[child];
      if (below >= at || childs === undefined) break;
      times[place] = below;
      things[place] = childs;
      place = child;
    }
    times[place] = at;
    things[place] = thing;
  }
}
