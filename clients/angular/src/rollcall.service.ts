import { isPlatformBrowser } from '@angular/common';
import { computed, DestroyRef, inject, Injectable, Injector, NgZone, PLATFORM_ID, type Signal } from '@angular/core';
import {
  createRollcall,
  RollcallClient,
  unknownPresence,
  userIdOf,
  userIdsOf,
  type ConnectionState,
  type OnlineUsers,
  type Presences,
  type Store,
  type UserId as KnownUserId,
  type UserPresence,
} from '@rollcall/client';
import { follow } from './follow.js';
import { kSource } from './source.js';

/** A user id. Without one yet (`undefined`, `null`, `''`), while data is loading, the user is offline. */
export type UserId = KnownUserId | null | undefined;

/** A missing list counts as empty. */
export type UserIds = Iterable<KnownUserId> | null | undefined;

/** For signals created outside of an injection context: the injector that limits their lifetime. */
export interface FollowOptions {
  injector?: Injector;
}

const kSeparator = '\u0000';

/**
 * Presence as signals. Create them where `inject()` is allowed, in a field or the constructor of a component; they are followed
 * until the component is destroyed. Elsewhere, pass `{ injector }`. On a server the client does not connect, and all users are
 * offline.
 */
@Injectable()
export class RollcallService {
  /** The client, for requests and the application's own events. */
  readonly client: RollcallClient;
  /** The state of the connection, and the reason if there is none. */
  readonly connection: Signal<ConnectionState>;
  readonly #inBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  readonly #injector = inject(Injector);
  // The client's timers and sockets must not keep the application from becoming stable, nor cause needless change detection.
  readonly #outsideZone: <T>(run: () => T) => T;

  constructor() {
    const zone = inject(NgZone);
    this.#outsideZone = (run) => zone.runOutsideAngular(run);
    const source = inject(kSource);
    const given = source instanceof RollcallClient;
    this.client = given ? source : this.#outsideZone(() => createRollcall(source));
    if (!given) inject(DestroyRef).onDestroy(() => this.client.close());
    this.connection = this.#follow(() => this.client.connection, this.#injector);
  }

  /** Called by `provideRollcall`. Also reconnects after a refusal, or when the server closed the connection. Does nothing on a server. */
  connect(): void {
    if (this.#inBrowser) this.#outsideZone(() => this.client.connect());
  }

  /** Whether the user is online. Until that is known, and without an id: `false`. The id may be a signal. */
  userPresence(userId: UserId | (() => UserId), options?: FollowOptions): Signal<boolean> {
    const status = this.#one('userPresence(userId)', userId, options);
    return computed(() => status().online);
  }

  /** The user's state: `online`, `lastActive`, `connectedAt`, and whether it is `known` yet. */
  userStatus(userId: UserId | (() => UserId), options?: FollowOptions): Signal<UserPresence> {
    return this.#one('userStatus(userId)', userId, options);
  }

  /** The same for many users, by id; empty while there is no list yet. */
  usersPresence(userIds: UserIds | (() => UserIds), options?: FollowOptions): Signal<Presences> {
    // Only the ids count, not the array that holds them.
    const ids = () => userIdsOf((typeof userIds === 'function' ? userIds() : userIds) ?? [], 'usersPresence(userIds)');
    const key = computed(() => ids().join(kSeparator));
    return this.#follow(() => this.client.presences(key() === '' ? [] : key().split(kSeparator)), options?.injector ?? inject(Injector));
  }

  /** All online users, and their number. */
  onlineUsers(options?: FollowOptions): Signal<OnlineUsers> {
    return this.#follow(() => this.client.onlineUsers, options?.injector ?? inject(Injector));
  }

  #one(where: string, userId: UserId | (() => UserId), options?: FollowOptions): Signal<UserPresence> {
    const id = computed(() => {
      const given = typeof userId === 'function' ? userId() : userId;
      return given === undefined || given === null || given === '' ? '' : userIdOf(given, where);
    });
    const presences = this.usersPresence(() => (id() ? [id()] : []), options);
    return computed(() => presences().get(id()) ?? unknownPresence(id()));
  }

  #follow<T>(choose: () => Store<T>, injector: Injector): Signal<T> {
    if (!this.#inBrowser) return computed(() => choose().get());
    return follow(choose, injector, this.#outsideZone);
  }
}
