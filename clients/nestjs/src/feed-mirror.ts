import { Access, type AccessOptions } from './access.js';
import { Backoff, pause } from './backoff.js';
import { RollcallApiError } from './errors.js';
import { readFeedEvent, type PresenceChange, type UserCameOnline, type UserWentOffline } from './feed-events.js';
import { FeedReader } from './feed-reader.js';
import { userIdOf, type UserId } from './ids.js';
import { Listeners, uncaught } from './listeners.js';
import { Mirror, type UserOnlineStatus, type UsersById } from './mirror.js';
import type { StreamEvent } from './sse.js';

export interface FeedMirrorOptions extends AccessOptions {
  /** For how many offline users the mirror remembers when they were last seen. Default: 10,000. */
  maxLastSeen?: number;
  /** A feed that is silent for so long is considered lost. Default: 45,000 ms. The server sends something every 15 s. */
  silenceMs?: number;
  /**
   * How long, at most, the previous state is kept as `settling` after a loss or a restart of the server, so that users have time to
   * reconnect. Default: 10,000 ms, or less if the server says so; 0: never.
   */
  settleMs?: number;
  /** The first and the longest pause before reconnecting; it doubles in between. Default: 500 and 30,000 ms. */
  backoffMs?: { first?: number; longest?: number };
  /** Called with exceptions from listeners, which are otherwise uncaught. */
  onListenerError?: (error: unknown) => void;
}

/**
 * `live`: the mirror is up to date. `connecting`: nothing is known yet. `settling`: the feed was lost a moment ago, or the server
 * has just started and its users are reconnecting; users who were online stay online, and differences are reported afterwards,
 * after `settleMs` at most. `stale`: the feed was lost longer ago; the mirror is as it was at `lastHeardAt`. `refused`: the same,
 * but the server refuses us (see `error`), and attempts are rare.
 */
export type FeedState = 'idle' | 'connecting' | 'live' | 'settling' | 'stale' | 'refused' | 'stopped';

export interface FeedStatus {
  state: FeedState;
  /** When the last message from the server arrived, by the local clock. */
  lastHeardAt: Date | undefined;
  /** How old the state may be. `Infinity`: nothing is known. */
  staleMs: number;
  /** Why it is not live, if there was an attempt. */
  error: RollcallApiError | undefined;
}

/**
 * The online users, kept up to date by the server's feed and answered from memory. When the feed is lost the last state stays. The
 * mirror reconnects by itself, with its cursor: it gets what it missed, or takes a new snapshot.
 */
export class FeedMirror {
  readonly #mirror: Mirror;
  readonly #reader: FeedReader;
  readonly #backoff: Backoff;
  readonly #longestMs: number;
  readonly #online: Listeners<UserCameOnline>;
  readonly #offline: Listeners<UserWentOffline>;
  readonly #states: Listeners<FeedStatus>;
  #state: FeedState = 'idle';
  #error: RollcallApiError | undefined;
  #heardAt: number | undefined;
  #cursor: string | undefined;
  #running: AbortController | undefined;
  readonly #settleMs: number;
  // Ends the state `settling`.
  #settle: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FeedMirrorOptions) {
    const failed = options.onListenerError ?? uncaught;
    this.#online = new Listeners(failed);
    this.#offline = new Listeners(failed);
    this.#states = new Listeners(failed);
    this.#mirror = new Mirror(options.maxLastSeen);
    this.#settleMs = options.settleMs ?? 10_000;
    this.#longestMs = options.backoffMs?.longest ?? 30_000;
    this.#backoff = new Backoff(options.backoffMs?.first ?? 500, this.#longestMs);
    this.#reader = new FeedReader(new Access(options), options.silenceMs ?? 45_000, {
      heard: () => (this.#heardAt = Date.now()),
      event: (event) => this.#event(event),
    });
  }

  /** Starts following the feed, until {@link stop}. */
  start(): this {
    if (this.#running) return this;
    this.#running = new AbortController();
    this.#set(this.#mirror.ready ? 'stale' : 'connecting', undefined);
    void this.#run(this.#running.signal);
    return this;
  }

  /** Stops following, for good or until the next {@link start}. The state stays. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#settleNoMore();
    if (this.#state !== 'stopped') this.#set('stopped', this.#error);
  }

  /**
   * Resolves when there has been a snapshot. Rejects with the address and the reason if the server refuses us, if there is none in
   * time, or if the mirror is stopped. Attempts continue nevertheless, until {@link stop}.
   */
  ready(timeoutMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: RollcallApiError): void => {
        clearTimeout(timer);
        unlisten();
        if (error) reject(error);
        else resolve();
      };
      const look = (): void => {
        if (this.#state === 'refused') settle(this.#error);
        else if (this.#mirror.ready) settle();
        else if (this.#state === 'stopped') settle(new RollcallApiError('CLOSED', `GET ${this.#reader.address}: the mirror was stopped`));
      };
      const timer = setTimeout(() => settle(this.#late(timeoutMs)), timeoutMs);
      const unlisten = this.#states.add(look);
      look();
    });
  }

  /** An unknown user is offline, with `lastActive` `null`. For an online user, `lastActive` dates from the connect or the snapshot. */
  getUserOnlineStatus(userId: UserId): UserOnlineStatus {
    return this.#mirror.status(userIdOf(userId, 'getUserOnlineStatus(userId)'));
  }

  getOnlineUsers(): string[] {
    return [...this.#mirror.users.keys()];
  }

  getOnlineUsersCount(): number {
    return this.#mirror.users.size;
  }

  /** With email and role from the beginning of the session. Not a copy: it changes as users come and go. */
  get users(): UsersById {
    return this.#mirror.users;
  }

  get status(): FeedStatus {
    const heardAt = this.#heardAt;
    return {
      state: this.#state,
      lastHeardAt: heardAt === undefined ? undefined : new Date(heardAt),
      staleMs: heardAt === undefined || !this.#mirror.ready ? Infinity : Math.max(0, Date.now() - heardAt),
      error: this.#error,
    };
  }

  /** Calls the listener when a user comes online, but not for the first snapshot. The returned function removes the listener. */
  onUserOnline(listener: (change: UserCameOnline) => void): () => void {
    return this.#online.add(listener);
  }

  onUserOffline(listener: (change: UserWentOffline) => void): () => void {
    return this.#offline.add(listener);
  }

  onStatus(listener: (status: FeedStatus) => void): () => void {
    return this.#states.add(listener);
  }

  async #run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const error = await this.#reader.read(this.#cursor, stop).catch((reason: RollcallApiError) => reason);
      if (stop.aborted) return;
      this.#lost(error);
      // After a refusal somebody must change the configuration; frequent attempts do not help.
      const atLeast = error.refused ? this.#longestMs : (error.retryAfterMs ?? 0);
      await pause(this.#backoff.next(atLeast), stop);
    }
  }

  #lost(error: RollcallApiError): void {
    this.#mirror.cut();
    // An invalid event would be invalid again: start over, with a snapshot.
    if (error.code === 'BAD_ANSWER') this.#cursor = undefined;
    if (error.refused || !this.#mirror.ready) {
      this.#settleNoMore();
      return this.#set(error.refused ? 'refused' : 'connecting', error);
    }
    // Once per loss, however many attempts fail.
    const wasThere = this.#state === 'live' || (this.#state === 'settling' && !this.#error);
    if (wasThere) this.#settleFor(this.#settleMs, () => this.#set('stale', this.#error));
    this.#set(this.#settle ? 'settling' : 'stale', error);
  }

  #settleFor(ms: number, over: () => void): void {
    this.#settleNoMore();
    if (ms <= 0) return;
    this.#settle = setTimeout(() => {
      this.#settle = undefined;
      over();
    }, ms);
  }

  #settleNoMore(): void {
    clearTimeout(this.#settle);
    this.#settle = undefined;
  }

  #live(settlingMs: number): void {
    this.#backoff.worked();
    this.#settleFor(Math.min(settlingMs, this.#settleMs), () => this.#settled());
    if (this.#settle) this.#set('settling', undefined);
    else this.#settled();
  }

  #settled(): void {
    const changes = this.#mirror.settled(new Date().toISOString());
    this.#set('live', undefined);
    this.#tell(changes);
  }

  #tell(changes: PresenceChange[]): void {
    for (const change of changes) {
      if (change.online) this.#online.tell(change);
      else this.#offline.tell(change);
    }
  }

  #event(event: StreamEvent): void {
    const read = readFeedEvent(event);
    // A listener may have stopped the mirror.
    if (!read || !this.#running) return;
    const changes = this.#mirror.apply(read);
    if (read.kind === 'reset') {
      this.#cursor = undefined;
      if (this.#state === 'live') this.#set('stale', new RollcallApiError('RESET', `The feed starts over: ${read.reason}`));
    }
    if (event.id !== undefined) this.#cursor = event.id;
    if (read.kind === 'live') this.#live(read.settlingMs);
    this.#tell(changes);
  }

  #set(state: FeedState, error: RollcallApiError | undefined): void {
    this.#state = state;
    this.#error = error;
    this.#states.tell(this.status);
  }

  #late(timeoutMs: number): RollcallApiError {
    const last = this.#error ? `; the last attempt: ${this.#error.message}` : '';
    const message = `GET ${this.#reader.address}: no snapshot within ${timeoutMs} ms${last}`;
    return new RollcallApiError('TIMEOUT', message, this.#error?.status, undefined, this.#error);
  }
}
