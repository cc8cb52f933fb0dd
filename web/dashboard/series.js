// The number of online users per second, for an hour: least, most and last of each second. Pure.

const kMostCarried = 90; // s; after a longer gap the page was asleep, and the values in between are unknown

export class Series {
  #size;
  #seconds; // the second that each slot holds
  #least;
  #most;
  #last;
  #newest = null; // the second being written
  #current = null; // the current number; null: unknown
  #begun = null; // the first second with a value

  constructor(size = 3600) {
    this.#size = size;
    this.#seconds = new Float64Array(size).fill(-1);
    this.#least = new Float64Array(size);
    this.#most = new Float64Array(size);
    this.#last = new Float64Array(size);
  }

  // The age of the oldest value, in seconds.
  knownFor(now) {
    return this.#begun === null ? 0 : now / 1000 - this.#begun;
  }

  // Records the number from now on.
  note(now, value) {
    this.#carryOn(now);
    this.#current = value;
    if (value === null) return;
    this.#begun ??= this.#newest;
    const place = this.#newest % this.#size;
    if (this.#seconds[place] !== this.#newest) return this.#begin(this.#newest, value);
    this.#least[place] = Math.min(this.#least[place], value);
    this.#most[place] = Math.max(this.#most[place], value);
    this.#last[place] = value;
  }

  // Records that the number is unknown.
  gap(now) {
    this.note(now, null);
  }

  // The time until `now` in at most `columns` equal steps, oldest first: {at, least, most, last}, times in ms; null where nothing is known.
  window(now, spanMs, columns) {
    this.#carryOn(now);
    const span = Math.round(spanMs / 1000);
    const step = Math.max(1, Math.ceil(span / columns));
    const end = Math.floor(now / 1000);
    // Steps start at multiples of their length; otherwise the curve would change its shape as time passes.
    const begin = Math.floor((end - span + 1) / step) * step;
    const steps = [];
    for (let from = begin; from <= end; from += step) steps.push(this.#summary(from, Math.min(from + step, end + 1)));
    return { steps, stepMs: step * 1000 };
  }

  #summary(from, to) {
    let sum = null;
    for (let second = from; second < to; ++second) {
      const place = ((second % this.#size) + this.#size) % this.#size;
      if (this.#seconds[place] !== second) continue;
      sum ??= { at: from * 1000, least: Infinity, most: -Infinity, last: 0 };
      sum.least = Math.min(sum.least, this.#least[place]);
      sum.most = Math.max(sum.most, this.#most[place]);
      sum.last = this.#last[place];
    }
    return sum;
  }

  // Seconds without a new value repeat the previous one. A clock that is set back changes nothing.
  #carryOn(now) {
    const second = Math.floor(now / 1000);
    if (this.#newest === null) this.#newest = second;
    if (second <= this.#newest) return;
    if (second - this.#newest > kMostCarried) this.#current = null;
    if (this.#current !== null) {
      for (let next = this.#newest + 1; next <= second; ++next) this.#begin(next, this.#current);
    }
    this.#newest = second;
  }

  #begin(second, value) {
    const place = second % this.#size;
    this.#seconds[place] = second;
    this.#least[place] = value;
    this.#most[place] = value;
    this.#last[place] = value;
  }
}

// Over all steps: {least, most, leastAt, mostAt, known}; null if nothing is known.
export function extremes(steps) {
  let found = null;
  for (const step of steps) {
    if (!step) continue;
    found ??= { least: Infinity, most: -Infinity, leastAt: 0, mostAt: 0, from: step.at };
    if (step.least < found.least) [found.least, found.leastAt] = [step.least, step.at];
    if (step.most >= found.most) [found.most, found.mostAt] = [step.most, step.at];
  }
  return found;
}
