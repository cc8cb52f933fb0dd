// The latest client per key. Kept on the page, not in this module, which a hot reload may load again.
const kRegistry = Symbol.for('@rollcall/client');

type Closable = { close(): void };
type Registry = Map<string, Closable>;

const registry = (): Registry => ((globalThis as { [kRegistry]?: Registry })[kRegistry] ??= new Map());

/** Replaces and closes the previous client with the same key. */
export function replace(key: string, client: Closable): void {
  const before = registry().get(key);
  registry().set(key, client);
  before?.close();
}

export function remove(key: string, client: Closable): void {
  if (registry().get(key) === client) registry().delete(key);
}
