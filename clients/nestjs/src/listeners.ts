/** Those who want to be told. What one of them throws is its own, and must not keep others from being told. */
export class Listeners<T> {
  readonly #all = new Set<(news: T) => void>();

  constructor(private readonly failed: (error: unknown) => void) {}

  add(listener: (news: T) => void): () => void {
    const own = (news: T): void => listener(news);
    this.#all.add(own);
    return () => void this.#all.delete(own);
  }

  tell(news: T): void {
    for (const listener of [...this.#all]) {
      try {
        // It may be an async function all the same.
        const result = listener(news) as unknown;
        if (result instanceof Promise) result.catch(this.failed);
      } catch (error) {
        this.failed(error);
      }
    }
  }
}

/** As if nobody had caught it, which is so. */
export function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
