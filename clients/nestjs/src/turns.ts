import { RollcallApiError } from './errors.js';

/** Runs the tasks of one key one after the other, in the order of the calls; those of different keys concurrently. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();
  #waiting = 0;

  constructor(private readonly mostWaiting = 10_000) {}

  take<T>(key: string, task: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.mostWaiting) {
      const message = `${this.mostWaiting} messages are queued already: the server is too slow, or unreachable`;
      return Promise.reject(new RollcallApiError('TOO_MANY_WAITING', message));
    }
    this.#waiting += 1;
    const before = this.#last.get(key) ?? Promise.resolve();
    const turn = before.then(task, task);
    this.#last.set(key, turn);
    const over = (): void => {
      this.#waiting -= 1;
      if (this.#last.get(key) === turn) this.#last.delete(key);
    };
    turn.then(over, over);
    return turn;
  }
}
