/** A value that changes, in the form that React's `useSyncExternalStore` and its like want. */
export interface Store<T> {
  /** The same object until something changes. */
  get(): T;
  /** Calls back after each change, until the function that it returns is called. */
  subscribe(changed: () => void): () => void;
}

export class Value<T> implements Store<T> {
  readonly #listeners = new Set<() => void>();

  constructor(private value: T) {}

  readonly get = (): T => this.value;

  set(value: T): void {
    this.value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    const listener = () => changed();
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}

/** Runs a listener of the application: what it throws is its own, and must not keep others from being told. */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
