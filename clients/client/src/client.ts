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
  /** The server, `https://presence.example.com`; none: where the page came from. */
  url?: string | URL;
  /** `/ws/messages` unless the server is configured otherwise. */
  namespace?: string;
  /** Gives a token whenever one is needed: to connect, before the old one runs out, after a refusal. */
  getToken?: GetToken;
  /** One token for good, for trying things out. */
  token?: string;
  /** A socket that the application has already, with its own authentication. It stays the application's. */
  socket?: AnySocket;
  /** Further options of socket.io-client, `transports` or `path` for example. */
  io?: SocketSettings;
  /** Whom the server tells of whom (its `presence.broadcast`); it is found out if it is not given. */
  broadcast?: 'everyone' | 'watchers';
  /** How long a request may take: 10,000 ms. */
  requestTimeoutMs?: number;
  /** How long to collect users to watch before the server is asked: 5 ms. */
  batchMs?: number;
  /** How long a user whom nobody watches any more is kept, at least: 3,000 ms. */
  lingerMs?: number;
  /**
   * How long the last known state is kept after a loss or a start of the server, until users have had the time to come back:
   * 10,000 ms at most, less if the server says so; 0: not at all.
   */
  settleMs?: number;
  /**
   * Under one key there is one client of a server at a time: making another closes the one before, so that a module that is
   * loaded again while you develop leaves no connection behind.
   */
  key?: string;
  /** Every 30 s while the page is visible and something was done within 5 minutes; `false`: never. */
  heartbeat?: false | { intervalMs?: number; idleMs?: number };
  /** What tells whether the person is there; the page, unless it is given. */
  attention?: Attention;
  /** How often the list of who is online is fetched anew where the server does not tell: 30,000 ms; 0: never. */
  refreshMs?: number;
  /** How many of those online the list has at most: 10,000. */
  maxOnlineUsers?: number;
  /** Told of everything that goes wrong by itself: refusals, failed subscriptions. By default it is a console warning. */
  onError?: (error: RollcallError) => void;
}

const kLive: PresenceMode = { mode: 'live', windowMs: 0, timestamp: '' };

/**
 * Who is online, kept live, over one connection. Nothing is connected before the first use, so that it can be made while
 * a page is rendered on a server.
 */
export class RollcallClient {
  /** Everyone who is online, as a store; kept while somebody has subscribed to it. */
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

  /** Whether changes are told one by one, or there are so many that they are told together, some time later. */
  get mode(): Store<PresenceMode> {
    return this.#mode;
  }

  /**
   * Begins to connect. The first use does so by itself; call it to be seen online without watching anybody, and to come
   * back after a refusal or after the server ended the connection.
   */
  connect(): void {
    if (this.#closed) this.#warnOfClosed();
    this.#connection.connect();
  }

  /**
   * Ends the connection and forgets what is known, until `connect()` or the next use: for logging out, so that whoever logs
   * in next sees nothing of before. Nothing happens to a socket that is the application's.
   */
  disconnect(): void {
    if (this.options.socket || this.#closed) return;
    this.#requests.abandon();
    this.#connection.disconnect();
    this.#forget();
  }

  /** Whether `close()` was called: it is of no use any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * What time it is by the server's clock, in milliseconds since 1970, for “last seen 5 minutes ago”: visitors' clocks may be
   * hours off. Taken from what the server says anyway; before it has said anything, our own clock.
   */
  serverNow(): number {
    return this.#clock.now();
  }

  /**
   * Calls back with each user's state as soon as it is known, and whenever it changes, until the function that is
   * returned is called. However many watch a user, the server is asked once.
   */
  watch(userIds: UserId | Iterable<UserId>, listener: (presence: UserPresence) => void): () => void {
    const each = (presences: readonly UserPresence[]) => {
      for (const presence of presences) guarded(() => listener(presence));
    };
    return this.#watch('watch', userIds, listener, each);
  }

  /** The same, with all that changed at a time in one call. */
  watchTogether(
    userIds: UserId | Iterable<UserId>,
    listener: (presences: readonly UserPresence[]) => void,
  ): () => void {
    return this.#watch('watchTogether', userIds, listener, listener);
  }

  /** What is known of a user who is being watched; of others nothing. */
  presence(userId: UserId): UserPresence | undefined {
    return this.#watching.get(userIdOf(userId, 'presence(userId)'));
  }

  /** The users' states as a store; they are watched while somebody has subscribed to it. */
  presences(userIds: UserId | Iterable<UserId>): Store<Presences> {
    return this.#atFirstUse(this.#watching.store(userIdsOf(userIds, 'presences(userIds)')));
  }

  /** Fetches the list of who is online again, for those who read `onlineUsers`. */
  refreshOnlineUsers(): void {
    this.#online.refresh();
  }

  /** Asks anything; rejects with a {@link RollcallError}. While there is no connection it waits for one. */
  request<E extends RequestName>(event: E, payload: PayloadOf<E>, timeoutMs?: number): Promise<DataOf<E>> {
    if (!this.#closed) this.#connectFirst();
    return this.#requests.ask(event, payload, timeoutMs);
  }

  async checkUser(userId: UserId): Promise<UserStatus> {
    return this.request('check-user-status', { userId: userIdOf(userId, 'checkUser(userId)') });
  }

  /** In the order asked; any number, in as many requests as that takes. */
  async checkUsers(userIds: UserId | Iterable<UserId>): Promise<UserStatus[]> {
    const ids = userIdsOf(userIds, 'checkUsers(userIds)');
    const batches: Promise<{ statuses: UserStatus[] }>[] = [];
    for (let i = 0; i < ids.length; i += MAX_BATCH) {
      batches.push(this.request('check-users-status', { userIds: ids.slice(i, i + MAX_BATCH) }));
    }
    return (await Promise.all(batches)).flatMap(({ statuses }) => statuses);
  }

  /** One page of who is online now. */
  getOnlineUsers(page: { limit?: number; cursor?: string } = {}): Promise<OnlineUsersPage> {
    return this.request('get-online-users', page);
  }

  /** Says that the person is there, whatever the page shows. */
  heartbeat(): Promise<DataOf<'heartbeat'>> {
    return this.request('heartbeat', {});
  }

  /** Extends the connection with another token of the same user, or with the one that `getToken` gives. */
  async refreshToken(token?: string): Promise<DataOf<'refresh-token'>> {
    const answer = await this.request('refresh-token', { token: token ?? (await this.#tokens.get('expiring')) });
    this.#tokens.extended(answer.expiresAt);
    return answer;
  }

  /** Ends everything for good, and the connection unless it is the application's own. */
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

  // Whoever was refused, or sent away by the server, is not brought back by a component that happens to be mounted.
  #connectFirst(): void {
    if (this.connection.get().status === 'idle' || this.#closed) this.connect();
  }

  #warnOfClosed(): void {
    if (this.#warned) return;
    this.#warned = true;
    const instead = 'make another client, or end it by disconnect(), after which it can be used again';
    const react = "in React's StrictMode an effect's clean-up runs before the page is done";
    this.#failed(new RollcallError('CLOSED', `This client is used after close(), and stays closed: ${instead} (${react})`));
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
    // On a socket of our own nobody else subscribes, so who is not watched is told of to everyone.
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
