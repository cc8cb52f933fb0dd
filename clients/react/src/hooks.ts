'use client';

import {
  noOnlineUsers,
  unknownPresence,
  unknownPresences,
  userIdOf,
  userIdsOf,
  type ConnectionState,
  type OnlineUsers,
  type Presences,
  type RollcallClient,
  type Store,
  type UserId as KnownUserId,
  type UserPresence,
} from '@rollcall/client';
// As a whole: React for server components lacks some of it.
import * as React from 'react';
import { useRollcall } from './provider.js';

/** No id yet (`undefined`, `null`, `''`), while data is being loaded, is a user who is offline. */
export type UserId = KnownUserId | null | undefined;

const kSeparator = '\u0000';

// Ids may be given as a new array with every render: what counts is what is in it.
function usePresences(userIds: readonly string[], client: RollcallClient): Store<Presences> {
  const key = userIds.join(kSeparator);
  return React.useMemo(() => client.presences(key === '' ? [] : key.split(kSeparator)), [client, key]);
}

const given = (userId: UserId): userId is KnownUserId => userId !== undefined && userId !== null && userId !== '';

function useOne(userId: UserId, where: string): UserPresence | undefined {
  const client = useRollcall();
  const id = given(userId) ? userIdOf(userId, where) : '';
  const store = usePresences(id ? [id] : [], client);
  const one = () => (id ? store.get().get(id) : undefined);
  // On a server nobody is known, and the first render in the browser must be the same.
  return React.useSyncExternalStore(store.subscribe, one, () => undefined);
}

/** Whether the user is online. Until the server has told, and without an id: `false`. */
export function useUserPresence(userId: UserId): boolean {
  return useOne(userId, 'useUserPresence(userId)')?.online ?? false;
}

/** All that is known of the user: `online`, `lastActive`, `connectedAt`, and whether anything is `known` yet. */
export function useUserStatus(userId: UserId): UserPresence {
  const known = useOne(userId, 'useUserStatus(userId)');
  return React.useMemo(() => known ?? unknownPresence(String(userId ?? '')), [known, userId]);
}

/** The same of many users, by their ids; of none while there is no list yet. It changes as a whole when any of them does. */
export function useUsersPresence(userIds: Iterable<KnownUserId> | null | undefined): Presences {
  const store = usePresences(userIdsOf(userIds ?? [], 'useUsersPresence(userIds)'), useRollcall());
  const blank = React.useMemo(() => unknownPresences(store.get().keys()), [store]);
  return React.useSyncExternalStore(store.subscribe, store.get, () => blank);
}

/** Everyone who is online, and how many they are. */
export function useOnlineUsers(): OnlineUsers {
  const { onlineUsers } = useRollcall();
  return React.useSyncExternalStore(onlineUsers.subscribe, onlineUsers.get, () => noOnlineUsers);
}

const kIdle: ConnectionState = { status: 'idle', userId: null, socketId: null, recovered: false, settling: false, error: null };

/** Whether we are connected, and why not. */
export function useConnection(): ConnectionState {
  const { connection } = useRollcall();
  return React.useSyncExternalStore(connection.subscribe, connection.get, () => kIdle);
}
