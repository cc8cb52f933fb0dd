/** How long to wait before the next attempt: twice as long each time, and never quite the same for all who lost a server. */
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

  /** `atLeastMs`: what the server asks for. */
  next(atLeastMs = 0): number {
    const ms = Math.min(this.firstMs * 2 ** Math.min(this.#attempts, 30), this.longestMs);
    this.#attempts += 1;
    return Math.round(Math.max(ms * (0.5 + this.random() / 2), Math.min(atLeastMs, this.longestMs)));
  }
}

/** Resolves after the time, or at once when it is not wanted any more. */
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
