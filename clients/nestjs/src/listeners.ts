/** A list of listeners. An exception from one must not keep the others from being called. */
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
        // The listener may still be an async function.
        const result = listener(news) as unknown;
        if (result instanceof Promise) result.catch(this.failed);
      } catch (error) {
        this.failed(error);
      }
    }
  }
}

/** Throws the error as an uncaught exception. */
export function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
