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
// The namespace import: React for server components lacks some of its members.
import * as React from 'react';
import { useRollcall } from './provider.js';

/** A user id. Without one yet (`undefined`, `null`, `''`), while data is loading, the user is offline. */
export type UserId = KnownUserId | null | undefined;

const kSeparator = '\u0000';

// Ids may come as a new array with every render: only the contents count.
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
  // On a server no user is known, and the first render in the browser must match.
  return React.useSyncExternalStore(store.subscribe, one, () => undefined);
}

/** Whether the user is online. Until that is known, and without an id: `false`. */
export function useUserPresence(userId: UserId): boolean {
  return useOne(userId, 'useUserPresence(userId)')?.online ?? false;
}

/** The user's state: `online`, `lastActive`, `connectedAt`, and whether it is `known` yet. */
export function useUserStatus(userId: UserId): UserPresence {
  const known = useOne(userId, 'useUserStatus(userId)');
  return React.useMemo(() => known ?? unknownPresence(String(userId ?? '')), [known, userId]);
}

/** The same for many users, by id; empty while there is no list yet. A new map whenever any of them changes. */
export function useUsersPresence(userIds: Iterable<KnownUserId> | null | undefined): Presences {
  const store = usePresences(userIdsOf(userIds ?? [], 'useUsersPresence(userIds)'), useRollcall());
  const blank = React.useMemo(() => unknownPresences(store.get().keys()), [store]);
  return React.useSyncExternalStore(store.subscribe, store.get, () => blank);
}

/** All online users, and their number. */
export function useOnlineUsers(): OnlineUsers {
  const { onlineUsers } = useRollcall();
  return React.useSyncExternalStore(onlineUsers.subscribe, onlineUsers.get, () => noOnlineUsers);
}

const kIdle: ConnectionState = { status: 'idle', userId: null, socketId: null, recovered: false, settling: false, error: null };

/** The state of the connection, and the reason if there is none. */
export function useConnection(): ConnectionState {
  const { connection } = useRollcall();
  return React.useSyncExternalStore(connection.subscribe, connection.get, () => kIdle);
}
