import { ServerClock } from './clock.js';
import { Connection, type ConnectionState, type SocketSettings } from './connection.js';
import {
  MAX_BATCH,
  type ClientToServerEvents,
  type DataOf,
  type OnlineUsersPage,
  type PayloadOf,
  type PresenceMode,
  type RequestName,
  type ServerToClientEvents,
  type UserOffline,
  type UserOnline,
  type UserStatus,
} from './contract.js';
import { remove, replace } from './current.js';
import { RollcallError } from './errors.js';
import { Heartbeat, pageAttention, type Attention } from './heartbeat.js';
import { badArgument, described, userIdOf, userIdsOf, type UserId } from './ids.js';
import { OnlineList, type OnlineListPorts, type OnlineUsers } from './online-list.js';
import type { Presences, UserPresence } from './presence.js';
import { Requester, type AnySocket } from './requests.js';
import { guarded, Value, type Store } from './store.js';
import { TokenKeeper, type GetToken } from './token.js';
import { Watching, type WatchingPorts } from './watching.js';
import type { Socket } from 'socket.io-client';

/** The socket with the types of rollcall's events. */
export type RollcallSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

export interface RollcallOptions {
  /** The server, `https://presence.example.com`. Default: the origin of the page. */
  url?: string | URL;
  /** `/ws/messages` unless the server is configured otherwise. */
  namespace?: string;
  /** Returns a token whenever one is needed: to connect, before the old one expires, after a refusal. */
  getToken?: GetToken;
  /** A fixed token, for trying things out. */
  token?: string;
  /** An existing socket of the application, which stays responsible for authentication and for closing it. */
  socket?: AnySocket;
  /** Further options of socket.io-client, for example `transports` or `path`. */
  io?: SocketSettings;
  /** The server's `presence.broadcast`. Detected if not given. */
  broadcast?: 'everyone' | 'watchers';
  /** Timeout of a request. Default: 10,000 ms. */
  requestTimeoutMs?: number;
  /** How long users to watch are collected into one subscription. Default: 5 ms. */
  batchMs?: number;
  /** How long, at least, an unwatched user stays subscribed. Default: 3,000 ms. */
  lingerMs?: number;
  /**
   * How long, at most, the last known state is kept after a lost connection or a restart of the server, so that users have time
   * to reconnect. Default: 10,000 ms, or less if the server says so; 0: never.
   */
  settleMs?: number;
  /**
   * There is at most one client per key and server: a new one closes the previous one, so that a hot reload of the module leaves
   * no connection behind.
   */
  key?: string;
  /** Sent every 30 s while the page is visible and the user was active within 5 minutes; `false`: never. */
  heartbeat?: false | { intervalMs?: number; idleMs?: number };
  /** Detects whether the user is active. Default: from the page. */
  attention?: Attention;
  /** How often the list of online users is fetched again with `"watchers"`. Default: 30,000 ms; 0: never. */
  refreshMs?: number;
  /** The maximum length of the list of online users. Default: 10,000. */
  maxOnlineUsers?: number;
  /** Called for errors that belong to no call: refusals, failed subscriptions. Default: a console warning. */
  onError?: (error: RollcallError) => void;
}

const kLive: PresenceMode = { mode: 'live', windowMs: 0, timestamp: '' };

/**
 * Live presence over one connection. It does not connect before the first use, so it can be created during server-side
 * rendering.
 */
export class RollcallClient {
  /** All online users, as a store; kept up to date while it has subscribers. */
  readonly onlineUsers: Store<OnlineUsers>;
  readonly #mode = new Value<PresenceMode>(kLive);
  readonly #clock = new ServerClock();
  readonly #tokens: TokenKeeper;
  readonly #heartbeat: Heartbeat;
  readonly #connection: Connection;
  readonly #requests: Requester;
  readonly #watching: Watching;
  readonly #online: OnlineList;
  readonly #events: [event: string, handler: (data: never) => void][];
  readonly #key: string | undefined;
  #toldOfEveryone: boolean;
  #closed = false;
  #warned = false;

  constructor(private readonly options: RollcallOptions = {}) {
    const { lingerMs = 3000 } = options;
    this.#toldOfEveryone = options.broadcast === 'everyone';
    this.#tokens = this.#makeTokens();
    this.#connection = this.#makeConnection();
    this.#requests = new Requester(this.#connection.socket, options.requestTimeoutMs ?? 10_000, (at) => this.#clock.heard(at));
    this.#heartbeat = this.#makeHeartbeat();
    this.#watching = this.#makeWatching(lingerMs);
    this.#online = this.#makeOnlineList(lingerMs);
    this.onlineUsers = this.#atFirstUse(this.#online.store);
    this.#events = [
      ['user-online', (event: UserOnline) => this.#changed(event)],
      ['user-offline', (event: UserOffline) => this.#changed(event)],
      ['presence-mode', (mode: PresenceMode) => this.#mode.set(mode)],
      ['heartbeat-ack', ({ timestamp }: DataOf<'heartbeat'>) => this.#clock.heard(timestamp)],
    ];
    for (const [event, handler] of this.#events) (this.#connection.socket as AnySocket).on(event, handler);
    const { url = '', namespace = '/ws/messages', key } = options;
    this.#key = key === undefined ? undefined : [key, url, namespace].join(' ');
    if (this.#key !== undefined) replace(this.#key, this);
    this.#connection.begin();
  }

  /** For the application's own events: `socket.on('notification', …)`. */
  get socket(): RollcallSocket {
    return this.#connection.socket;
  }

  get connection(): Store<ConnectionState> {
    return this.#connection.state;
  }

  /** Whether the server sends changes one by one, or in batches, some time later, because there are so many. */
  get mode(): Store<PresenceMode> {
    return this.#mode;
  }

  /**
   * Starts connecting. The first use does this by itself. Call it to be online without watching anybody, and to reconnect after a
   * refusal or after the server closed the connection.
   */
  connect(): void {
    if (this.#closed) this.#warnOfClosed();
    this.#connection.connect();
  }

  /**
   * For logging out: closes the connection and forgets all states, until `connect()` or the next use. The next user sees nothing
   * of the previous one. Does nothing if the socket belongs to the application.
   */
  disconnect(): void {
    if (this.options.socket || this.#closed) return;
    this.#requests.abandon();
    this.#connection.disconnect();
    this.#forget();
  }

  /** Whether `close()` was called. A closed client cannot be used again. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The server's time, in milliseconds since 1970, for “last seen 5 minutes ago”: visitors' clocks may be hours off. Derived from
   * the server's messages; before the first one it is the local clock.
   */
  serverNow(): number {
    return this.#clock.now();
  }

  /**
   * Calls the listener with each user's state as soon as it is known, and whenever it changes. The returned function stops that.
   * There is one subscription per user, however many listeners watch the user.
   */
  watch(userIds: UserId | Iterable<UserId>, listener: (presence: UserPresence) => void): () => void {
    const each = (presences: readonly UserPresence[]) => {
      for (const presence of presences) guarded(() => listener(presence));
    };
    return this.#watch('watch', userIds, listener, each);
  }

  /** The same, with all simultaneous changes in one call. */
  watchTogether(
    userIds: UserId | Iterable<UserId>,
    listener: (presences: readonly UserPresence[]) => void,
  ): () => void {
    return this.#watch('watchTogether', userIds, listener, listener);
  }

  /** The state of a watched user; `undefined` for other users. */
  presence(userId: UserId): UserPresence | undefined {
    return this.#watching.get(userIdOf(userId, 'presence(userId)'));
  }

  /** The users' states as a store; they are watched while it has subscribers. */
  presences(userIds: UserId | Iterable<UserId>): Store<Presences> {
    return this.#atFirstUse(this.#watching.store(userIdsOf(userIds, 'presences(userIds)')));
  }

  /** Fetches `onlineUsers` again. */
  refreshOnlineUsers(): void {
    this.#online.refresh();
  }

  /** Sends any request; rejects with a {@link RollcallError}. Without a connection the request waits for one. */
  request<E extends RequestName>(event: E, payload: PayloadOf<E>, timeoutMs?: number): Promise<DataOf<E>> {
    if (!this.#closed) this.#connectFirst();
    return this.#requests.ask(event, payload, timeoutMs);
  }

  async checkUser(userId: UserId): Promise<UserStatus> {
    return this.request('check-user-status', { userId: userIdOf(userId, 'checkUser(userId)') });
  }

  /** In the order of `userIds`; any number of users, in as many requests as necessary. */
  async checkUsers(userIds: UserId | Iterable<UserId>): Promise<UserStatus[]> {
    const ids = userIdsOf(userIds, 'checkUsers(userIds)');
    const batches: Promise<{ statuses: UserStatus[] }>[] = [];
    for (let i = 0; i < ids.length; i += MAX_BATCH) {
      batches.push(this.request('check-users-status', { userIds: ids.slice(i, i + MAX_BATCH) }));
    }
    return (await Promise.all(batches)).flatMap(({ statuses }) => statuses);
  }

  /** One page of the online users. */
  getOnlineUsers(page: { limit?: number; cursor?: string } = {}): Promise<OnlineUsersPage> {
    return this.request('get-online-users', page);
  }

  /** Reports that the user is active, whether or not the page is visible. */
  heartbeat(): Promise<DataOf<'heartbeat'>> {
    return this.request('heartbeat', {});
  }

  /** Extends the connection with a new token of the same user. Default: one from `getToken`. */
  async refreshToken(token?: string): Promise<DataOf<'refresh-token'>> {
    const answer = await this.request('refresh-token', { token: token ?? (await this.#tokens.get('expiring')) });
    this.#tokens.extended(answer.expiresAt);
    return answer;
  }

  /** Closes the client for good, and its connection unless that belongs to the application. */
  close(): void {
    this.#closed = true;
    if (this.#key !== undefined) remove(this.#key, this);
    for (const [event, handler] of this.#events) (this.socket as AnySocket).off(event, handler);
    this.#heartbeat.stop();
    this.#tokens.stop();
    this.#watching.close();
    this.#online.close();
    this.#requests.close();
    this.#connection.close();
  }

  #watch(
    name: string,
    userIds: UserId | Iterable<UserId>,
    given: unknown,
    listener: (presences: readonly UserPresence[]) => void,
  ): () => void {
    const ids = userIdsOf(userIds, `${name}(userIds)`);
    if (typeof given !== 'function') throw badArgument(`${name}(userIds, listener) must have a function as listener; got ${described(given)}`);
    const stop = this.#watching.watch(ids, listener);
    this.#connectFirst();
    return stop;
  }

  // After a refusal, or when the server closed the connection, a component that is mounted later does not reconnect.
  #connectFirst(): void {
    if (this.connection.get().status === 'idle' || this.#closed) this.connect();
  }

  #warnOfClosed(): void {
    if (this.#warned) return;
    this.#warned = true;
    const instead = 'create another client, or end it with disconnect(), after which it can be used again';
    const react = "React's StrictMode runs an effect's cleanup early";
    this.#failed(new RollcallError('CLOSED', `This client was used after close(), and stays closed: ${instead} (${react})`));
  }

  #forget(): void {
    this.#mode.set(kLive);
    this.#watching.forget();
    this.#online.forget();
  }

  #atFirstUse<T>({ get, subscribe }: Store<T>): Store<T> {
    return {
      get,
      subscribe: (changed) => {
        const stop = subscribe(changed);
        this.#connectFirst();
        return stop;
      },
    };
  }

  #makeTokens(): TokenKeeper {
    return new TokenKeeper(this.options.getToken, {
      refresh: (token) => this.request('refresh-token', { token }),
      failed: (error) => this.#failed(error),
    });
  }

  #makeConnection(): Connection {
    const { socket, url, namespace = '/ws/messages', token, io = {}, settleMs = 10_000 } = this.options;
    return new Connection(socket, { url, namespace, token, io, settleMs }, this.#tokens, {
      up: (recovered) => this.#up(recovered),
      greeted: (serverTime) => {
        this.#clock.heard(serverTime);
        this.#tokens.connected(serverTime);
      },
      otherUser: () => this.#forget(),
      settled: () => {
        this.#watching.settled();
        this.#online.settled();
      },
      down: () => this.#down(),
      failed: (error) => this.#failed(error),
    });
  }

  #makeHeartbeat(): Heartbeat {
    const { attention = pageAttention(), heartbeat } = this.options;
    const { intervalMs = 30_000, idleMs = 300_000 } = heartbeat || {};
    const settings = { intervalMs: heartbeat === false ? 0 : intervalMs, idleMs };
    return new Heartbeat(attention, settings, () => this.socket.emit('heartbeat', {}));
  }

  #makeWatching(lingerMs: number): Watching {
    const ports: WatchingPorts = {
      connected: () => this.socket.connected,
      settling: () => this.#connection.settling,
      subscribe: (userIds, outcome) => this.#requests.once('subscribe-presence', { userIds }, outcome),
      unsubscribe: (userIds, outcome) => this.#requests.once('unsubscribe-presence', { userIds }, outcome),
      failed: (error) => this.#failed(error),
    };
    return new Watching(ports, { batchMs: this.options.batchMs ?? 5, lingerMs });
  }

  #makeOnlineList(lingerMs: number): OnlineList {
    const { refreshMs = 30_000, maxOnlineUsers = 10_000 } = this.options;
    const ports: OnlineListPorts = {
      connected: () => this.socket.connected,
      settling: () => this.#connection.settling,
      page: (cursor, outcome) => this.#requests.once('get-online-users', cursor === undefined ? {} : { cursor }, outcome),
      toldOfEveryone: () => this.#toldOfEveryone,
      attended: () => this.#heartbeat.attended(),
    };
    return new OnlineList(ports, { lingerMs, refreshMs, maxOnlineUsers });
  }

  #up(recovered: boolean): void {
    if (!recovered) this.#mode.set(kLive);
    this.#requests.connected();
    this.#watching.connected(recovered);
    this.#online.connected(recovered);
    this.#heartbeat.start();
  }

  #down(): void {
    this.#heartbeat.stop();
    this.#tokens.stop();
    this.#online.disconnected();
    this.#requests.disconnected();
  }

  #changed(event: UserOnline | UserOffline): void {
    // On our own socket nobody else subscribes. So a change of an unwatched user proves `broadcast = "everyone"`.
    if (!this.options.socket && !this.#watching.has(event.userId)) this.#toldOfEveryone = true;
    this.#watching.changed(event);
    this.#online.changed(event);
  }

  #failed(error: RollcallError): void {
    const { onError } = this.options;
    if (onError) guarded(() => onError(error));
    else console.warn(`rollcall: ${error.message} (${error.code})`);
  }
}

export function createRollcall(options?: RollcallOptions): RollcallClient {
  return new RollcallClient(options);
}
