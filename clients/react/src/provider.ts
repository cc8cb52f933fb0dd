import type { RollcallClient } from '@rollcall/client';
import { createContext, createElement, useContext, useEffect, type ReactElement, type ReactNode } from 'react';

const Context = createContext<RollcallClient | null>(null);

export interface RollcallProviderProps {
  /** Made once, outside of any component: `createRollcall({ url, getToken })`. */
  client: RollcallClient;
  children?: ReactNode;
}

/**
 * Gives the client to the hooks below, and connects it when the page is there: whoever has the page open is online. The
 * client outlives the provider (StrictMode mounts it twice); `client.close()` ends it.
 */
export function RollcallProvider({ client, children }: RollcallProviderProps): ReactElement {
  useEffect(() => {
    if (client.connection.get().status === 'idle') client.connect();
  }, [client]);
  return createElement(Context.Provider, { value: client }, children);
}

/** The client of the provider above, for requests and the application's own events. */
export function useRollcall(): RollcallClient {
  const client = useContext(Context);
  if (!client) throw new Error('There is no <RollcallProvider client={…}> around the component that uses this hook');
  return client;
}
