import {
  unknownPresence,
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
import {
  computed,
  hasInjectionContext,
  inject,
  onScopeDispose,
  shallowRef,
  ssrContextKey,
  toValue,
  watch,
  type App,
  type ComputedRef,
  type InjectionKey,
  type MaybeRefOrGetter,
  type Plugin,
  type Ref,
} from 'vue';

export type { ConnectionState, OnlineUsers, Presences, UserPresence } from '@rollcall/client';

/** A user id. Without one yet (`undefined`, `null`, `''`), while data is loading, the user is offline. */
export type UserId = KnownUserId | null | undefined;

const kClient: InjectionKey<RollcallClient> = Symbol('rollcall');

/**
 * `app.use(rollcall, client)`, with a client from `createRollcall({ url, getToken })`. It connects in the browser: a user with the
 * page open is online.
 */
export const rollcall: Plugin<[RollcallClient]> = {
  install(app: App, client: RollcallClient) {
    app.provide(kClient, client);
    if (typeof window === 'undefined') return;
    if (client.connection.get().status === 'idle' || client.closed) client.connect();
  },
};

/** The client of the app, for requests and the application's own events. */
export function useRollcall(): RollcallClient {
  const client = hasInjectionContext() ? inject(kClient, null) : null;
  if (!client) throw new Error('There is no rollcall client: app.use(rollcall, client), and call this in setup()');
  return client;
}

// Follows the store that `choose` returns until the scope ends; never during server-side rendering.
function follow<T>(choose: () => Store<T>): Readonly<Ref<T>> {
  const value = shallowRef(choose().get());
  if (inject(ssrContextKey, null)) return value;
  let stop: (() => void) | undefined;
  watch(
    choose,
    (store) => {
      stop?.();
      stop = store.subscribe(() => (value.value = store.get()));
      value.value = store.get();
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(() => stop?.());
  return value;
}

const kSeparator = '\u0000';

function followUsers(userIds: () => readonly string[]): Readonly<Ref<Presences>> {
  const client = useRollcall();
  // Only the ids count, not the array that holds them.
  const key = computed(() => userIds().join(kSeparator));
  return follow(() => client.presences(key.value === '' ? [] : key.value.split(kSeparator)));
}

function followOne(userId: MaybeRefOrGetter<UserId>, where: string): ComputedRef<UserPresence> {
  const id = () => {
    const given = toValue(userId);
    return given === undefined || given === null || given === '' ? '' : userIdOf(given, where);
  };
  const presences = followUsers(() => (id() ? [id()] : []));
  return computed(() => presences.value.get(id()) ?? unknownPresence(id()));
}

/** Whether the user is online. Until that is known, and without an id: `false`. */
export function useUserPresence(userId: MaybeRefOrGetter<UserId>): ComputedRef<boolean> {
  const status = followOne(userId, 'useUserPresence(userId)');
  return computed(() => status.value.online);
}

/** The user's state: `online`, `lastActive`, `connectedAt`, and whether it is `known` yet. */
export function useUserStatus(userId: MaybeRefOrGetter<UserId>): ComputedRef<UserPresence> {
  return followOne(userId, 'useUserStatus(userId)');
}

/** The same for many users, by id; empty while there is no list yet. */
export function useUsersPresence(
  userIds: MaybeRefOrGetter<Iterable<KnownUserId> | null | undefined>,
): Readonly<Ref<Presences>> {
  return followUsers(() => userIdsOf(toValue(userIds) ?? [], 'useUsersPresence(userIds)'));
}

/** All online users, and their number. */
export function useOnlineUsers(): Readonly<Ref<OnlineUsers>> {
  const { onlineUsers } = useRollcall();
  return follow(() => onlineUsers);
}

/** The state of the connection, and the reason if there is none. */
export function useConnection(): Readonly<Ref<ConnectionState>> {
  const { connection } = useRollcall();
  return follow(() => connection);
}
