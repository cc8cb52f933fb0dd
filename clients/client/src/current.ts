// Of each key the client that was made last. Kept with the page, not with this module, which a hot reload may load again.
const kRegistry = Symbol.for('@rollcall/client');

type Closable = { close(): void };
type Registry = Map<string, Closable>;

const registry = (): Registry => ((globalThis as { [kRegistry]?: Registry })[kRegistry] ??= new Map());

/** Takes the place of the client with the same key, which is closed. */
export function replace(key: string, client: Closable): void {
  const before = registry().get(key);
  registry().set(key, client);
  before?.close();
}

export function remove(key: string, client: Closable): void {
  if (registry().get(key) === client) registry().delete(key);
}
