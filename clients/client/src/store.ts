/** A changing value, in the form that React's `useSyncExternalStore` and others need. */
export interface Store<T> {
  /** Returns the same object until something changes. */
  get(): T;
  /** Calls `changed` after each change, until the returned function is called. */
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

/** Runs a listener of the application. An exception from it must not keep other listeners from being called. */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
