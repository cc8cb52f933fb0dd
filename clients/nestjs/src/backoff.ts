/** Exponential backoff with jitter: doubles each time, and differs between the clients of a lost server. */
export class Backoff {
  #attempts = 0;

  constructor(
    private readonly firstMs: number,
    private readonly longestMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  worked(): void {
    this.#attempts = 0;
  }

  /** `atLeastMs`: the minimum that the server asks for. */
  next(atLeastMs = 0): number {
    const ms = Math.min(this.firstMs * 2 ** Math.min(this.#attempts, 30), this.longestMs);
    this.#attempts += 1;
    return Math.round(Math.max(ms * (0.5 + this.random() / 2), Math.min(atLeastMs, this.longestMs)));
  }
}

/** Resolves after `ms`, or as soon as it is stopped. */
export function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
    if (stop.aborted) done();
  });
}
