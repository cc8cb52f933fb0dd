import {
  noOnlineUsers,
  unknownPresence,
  type ConnectionState,
  type OnlineUsers,
  type RollcallClient,
  type Store,
  type UserPresence,
} from '@rollcall/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useRollcall } from './provider.js';

/** No id, for want of one still to be loaded, is a user who is offline. */
export type UserId = string | null | undefined;

type Presences = ReadonlyMap<string, UserPresence>;

const kSeparator = '\u0000';

// Ids may be given as a new array with every render: what counts is what is in it.
function usePresences(userIds: readonly string[], client: RollcallClient): Store<Presences> {
  const key = userIds.join(kSeparator);
  return useMemo(() => client.presences(key === '' ? [] : key.split(kSeparator)), [client, key]);
}

function useOne(userId: UserId): UserPresence | undefined {
  const client = useRollcall();
  const store = usePresences(userId ? [userId] : [], client);
  const one = () => (userId ? store.get().get(userId) : undefined);
  // On a server nobody is known, and the first render in the browser must be the same.
  return useSyncExternalStore(store.subscribe, one, () => undefined);
}

/** Whether the user is online. Until the server has told, and without an id: `false`. */
export function useUserPresence(userId: UserId): boolean {
  return useOne(userId)?.online ?? false;
}

/** All that is known of the user: `online`, `lastActive`, `connectedAt`, and whether anything is `known` yet. */
export function useUserStatus(userId: UserId): UserPresence {
  const known = useOne(userId);
  return useMemo(() => known ?? unknownPresence(userId ?? ''), [known, userId]);
}

/** The same of many users, by their ids. It changes as a whole when any of them does. */
export function useUsersPresence(userIds: readonly string[]): Presences {
  const store = usePresences(userIds, useRollcall());
  const blank = useMemo(() => new Map([...store.get().keys()].map((id) => [id, unknownPresence(id)])), [store]);
  return useSyncExternalStore(store.subscribe, store.get, () => blank);
}

/** Everyone who is online, and how many they are. */
export function useOnlineUsers(): OnlineUsers {
  const { onlineUsers } = useRollcall();
  return useSyncExternalStore(onlineUsers.subscribe, onlineUsers.get, () => noOnlineUsers);
}

const kIdle: ConnectionState = { status: 'idle', userId: null, socketId: null, recovered: false, error: null };

/** Whether we are connected, and why not. */
export function useConnection(): ConnectionState {
  const { connection } = useRollcall();
  return useSyncExternalStore(connection.subscribe, connection.get, () => kIdle);
}
