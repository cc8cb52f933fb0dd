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

/** No id yet (`undefined`, `null`, `''`), while data is being loaded, is a user who is offline. */
export type UserId = KnownUserId | null | undefined;

/** No list yet is an empty one. */
export type UserIds = Iterable<KnownUserId> | null | undefined;

/** What tells when a signal is not wanted any more, where it is not made in an injection context. */
export interface FollowOptions {
  injector?: Injector;
}

const kSeparator = '\u0000';

/**
 * Who is online, as signals. They are made where `inject()` may be used - in a field of a component, or its constructor - and
 * followed until the component is destroyed; or elsewhere, with `{ injector }`. On a server nothing is connected, and
 * everybody is offline.
 */
@Injectable()
export class RollcallService {
  /** The client, for requests and the application's own events. */
  readonly client: RollcallClient;
  /** Whether we are connected, and why not. */
  readonly connection: Signal<ConnectionState>;
  readonly #inBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  readonly #injector = inject(Injector);
  // What the client waits for must not keep the application from being stable, nor have it checked for nothing.
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

  /** Done by `provideRollcall`; brings back a connection that was refused or ended by the server. Nothing on a server. */
  connect(): void {
    if (this.#inBrowser) this.#outsideZone(() => this.client.connect());
  }

  /** Whether the user is online. Until the server has told, and without an id: `false`. The id may be a signal. */
  userPresence(userId: UserId | (() => UserId), options?: FollowOptions): Signal<boolean> {
    const status = this.#one('userPresence(userId)', userId, options);
    return computed(() => status().online);
  }

  /** All that is known of the user: `online`, `lastActive`, `connectedAt`, and whether anything is `known` yet. */
  userStatus(userId: UserId | (() => UserId), options?: FollowOptions): Signal<UserPresence> {
    return this.#one('userStatus(userId)', userId, options);
  }

  /** The same of many users, by their ids; of none while there is no list yet. */
  usersPresence(userIds: UserIds | (() => UserIds), options?: FollowOptions): Signal<Presences> {
    // What counts is which users there are, not in which array they come.
    const ids = () => userIdsOf((typeof userIds === 'function' ? userIds() : userIds) ?? [], 'usersPresence(userIds)');
    const key = computed(() => ids().join(kSeparator));
    return this.#follow(() => this.client.presences(key() === '' ? [] : key().split(kSeparator)), options?.injector ?? inject(Injector));
  }

  /** Everyone who is online, and how many they are. */
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
