import { isPlatformBrowser } from '@angular/common';
import { computed, DestroyRef, inject, Injectable, Injector, NgZone, PLATFORM_ID, type Signal } from '@angular/core';
import {
  createRollcall,
  RollcallClient,
  unknownPresence,
  type ConnectionState,
  type OnlineUsers,
  type Store,
  type UserPresence,
} from '@rollcall/client';
import { follow } from './follow.js';
import { kSource } from './source.js';

/** No id, for want of one still to be loaded, is a user who is offline. */
export type UserId = string | null | undefined;

export type Presences = ReadonlyMap<string, UserPresence>;

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
    const status = this.userStatus(userId, options);
    return computed(() => status().online);
  }

  /** All that is known of the user: `online`, `lastActive`, `connectedAt`, and whether anything is `known` yet. */
  userStatus(userId: UserId | (() => UserId), options?: FollowOptions): Signal<UserPresence> {
    const id = computed(() => (typeof userId === 'function' ? userId() : userId) || '');
    const presences = this.usersPresence(() => (id() ? [id()] : []), options);
    return computed(() => presences().get(id()) ?? unknownPresence(id()));
  }

  /** The same of many users, by their ids. */
  usersPresence(userIds: readonly string[] | (() => readonly string[]), options?: FollowOptions): Signal<Presences> {
    // What counts is which users there are, not in which array they come.
    const key = computed(() => (typeof userIds === 'function' ? userIds() : userIds).join(kSeparator));
    return this.#follow(() => this.client.presences(key() === '' ? [] : key().split(kSeparator)), options?.injector ?? inject(Injector));
  }

  /** Everyone who is online, and how many they are. */
  onlineUsers(options?: FollowOptions): Signal<OnlineUsers> {
    return this.#follow(() => this.client.onlineUsers, options?.injector ?? inject(Injector));
  }

  #follow<T>(choose: () => Store<T>, injector: Injector): Signal<T> {
    if (!this.#inBrowser) return computed(() => choose().get());
    return follow(choose, injector, this.#outsideZone);
  }
}
