'use client';

import type { RollcallClient } from '@rollcall/client';
// The namespace import: React for server components has neither contexts nor effects.
import * as React from 'react';

type MaybeContext = React.Context<RollcallClient | null> | undefined;

const Context = (React.createContext as typeof React.createContext | undefined)?.<RollcallClient | null>(null) as MaybeContext;

export interface RollcallProviderProps {
  /** Create it once, outside of any component: `createRollcall({ url, getToken })`. */
  client: RollcallClient;
  children?: React.ReactNode;
}

// The number of providers per client.
const providers = new WeakMap<RollcallClient, number>();
const count = (client: RollcallClient, more: number): void => void providers.set(client, (providers.get(client) ?? 0) + more);

function contextOf(what: string): React.Context<RollcallClient | null> {
  if (!Context) throw new Error(`${what} is for client components: begin the file that uses it with 'use client'`);
  return Context;
}

/**
 * Provides the client to the hooks below, and connects it in the browser: a user with the page open is online. The client
 * outlives the provider (StrictMode mounts it twice). A client that is replaced by another one is disconnected, for example after
 * a hot reload of the module that creates it. `client.close()` ends it.
 */
export function RollcallProvider({ client, children }: RollcallProviderProps): React.ReactElement {
  const context = contextOf('RollcallProvider');
  const last = React.useRef(client);
  React.useEffect(() => {
    const before = last.current;
    last.current = client;
    count(client, 1);
    if (before !== client && !providers.get(before)) before.disconnect();
    if (client.connection.get().status === 'idle' || client.closed) client.connect();
    return () => count(client, -1);
  }, [client]);
  return React.createElement(context.Provider, { value: client }, children);
}

/** The client of the provider above, for requests and the application's own events. */
export function useRollcall(): RollcallClient {
  const client = React.useContext(contextOf('This hook'));
  if (!client) throw new Error('There is no <RollcallProvider client={…}> around the component that uses this hook');
  return client;
}
