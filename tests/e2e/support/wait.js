// Waiting for what is to come, with a bound and a reason. Nothing here sleeps.

// Only what is broken takes as long, however busy the machine is.
export const kPatienceMs = 30000;

export function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${typeof what === 'function' ? what() : what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// The emitter's next event of that name (Node's or the component-emitter kind), as the list of its arguments.
export function once(emitter, name, ms = kPatienceMs) {
  return within(new Promise((resolve) => emitter.once(name, (...args) => resolve(args))), ms, `the event ${name}`);
}

// What came, in order. take() gives the first entry that matches and removes it, and waits if there is none yet.
export class Inbox {
  entries = [];
  #waiting = [];

  put(entry) {
    const index = this.#waiting.findIndex(({ matches }) => matches(entry));
    if (index < 0) this.entries.push(entry);
    else this.#waiting.splice(index, 1)[0].resolve(entry);
  }

  take(matches, what, ms = kPatienceMs) {
    const index = this.entries.findIndex(matches);
    if (index >= 0) return Promise.resolve(this.entries.splice(index, 1)[0]);
    let waiter;
    const promise = new Promise((resolve) => {
      waiter = { matches, resolve };
      this.#waiting.push(waiter);
    });
    return within(promise, ms, () => `${what}; what came instead: ${JSON.stringify(this.entries).slice(0, 2000)}`).catch((error) => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      throw error;
    });
  }
}
