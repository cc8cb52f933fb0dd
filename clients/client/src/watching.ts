import {
  MAX_BATCH,
  MAX_WATCHED,
  type UserOffline,
  type UserOnline,
  type UsersStatus,
  type UserStatus,
} from './contract.js';
import { RollcallError } from './errors.js';
import { ByUserId } from './ids.js';
import { Deliveries, unknown, unknowns, type Listener, type Presences, type UserPresence, type Watcher } from './presence.js';
import type { Outcome } from './requests.js';
import type { Store } from './store.js';

// idle: not requested; asking: requested, no answer yet; failed: refused, and requested again on the next
// connection.
type Phase = 'idle' | 'asking' | 'watched' | 'failed';

interface Entry {
  phase: Phase;
  /** Requested in this session and not refused: events of this user may arrive, even if the answer is late or lost. */
  asked: boolean;
  presence: UserPresence;
  watchers: Set<Watcher>;
  /** The status from a server that has just started, for a user who was online before. It counts unless the user reconnects in time. */
  held?: UserStatus;
}

export interface WatchingPorts {
  connected(): boolean;
  /** Whether the server may not know yet who is online. */
  settling(): boolean;
  subscribe(userIds: string[], outcome: Outcome<UsersStatus>): void;
  unsubscribe(userIds: string[], outcome: Outcome<unknown>): void;
  failed(error: RollcallError): void;
}

export interface WatchingTimes {
  batchMs: number;
  lingerMs: number;
}

const knownAs = ({ userId, online, lastActive, connectedAt }: UserStatus): UserPresence => ({
  userId,
  online,
  lastActive,
  connectedAt,
  known: true,
});

const kFirstRetryMs = 1000;
const kLastRetryMs = 30_000;

/**
 * The watched users and their states: one subscription per user, however many listeners. Subscriptions within `batchMs` are sent
 * together; a user without listeners stays subscribed for a while.
 */
export class Watching {
  readonly #entries = new Map<string, Entry>();
  readonly #news = new Deliveries((watcher, userId) => this.#entries.get(userId)?.watchers.has(watcher) === true);
  // Users to unsubscribe; and those whose unsubscription the server has not acknowledged yet.
  readonly #leaving = new Set<string>();
  readonly #left = new Set<string>();
  // Users without listeners: since the last sweep, and since the one before.
  #unwanted = new Set<string>();
  #wantedNoMore = new Set<string>();
  #flushTimer: ReturnType<typeof setTimeout> | undefined;
  #sweepTimer: ReturnType<typeof setTimeout> | undefined;
  #batch = MAX_BATCH;
  #retryMs = kFirstRetryMs;

  constructor(
    private readonly ports: WatchingPorts,
    private readonly times: WatchingTimes,
  ) {}

  get(userId: string): UserPresence | undefined {
    return this.#entries.get(userId)?.presence;
  }

  /** Whether events of this user may arrive because we subscribed. */
  has(userId: string): boolean {
    return this.#entries.has(userId) || this.#leaving.has(userId) || this.#left.has(userId);
  }

  /** The listener first gets the states already known, asynchronously, and then every change. */
  watch(userIds: readonly string[], listener: Listener): () => void {
    const watcher: Watcher = { listener, news: new Map() };
    const ids = new Set(userIds);
    for (const userId of ids) this.#add(userId, watcher);
    if (watcher.news.size > 0) queueMicrotask(() => this.#news.deliver());
    return () => {
      for (const userId of ids) this.#remove(userId, watcher);
      ids.clear();
      this.#news.drop(watcher);
    };
  }

  store(userIds: readonly string[]): Store<Presences> {
    const blank = unknowns(userIds);
    let last = blank;
    return {
      get: () => {
        const changed = [...blank].some(([id, none]) => (this.get(id) ?? none) !== last.get(id));
        if (changed) last = new ByUserId([...blank].map(([id, none]) => [id, this.get(id) ?? none]));
        return last;
      },
      subscribe: (changed) => this.watch(userIds, () => changed()),
    };
  }

  connected(recovered: boolean): void {
    this.#retryMs = kFirstRetryMs;
    if (!recovered) this.#leaving.clear();
    for (const [userId, entry] of this.#entries) {
      if (!recovered || entry.phase === 'failed') entry.phase = 'idle';
      if (recovered) continue;
      entry.asked = false;
      delete entry.held;
      if (entry.watchers.size === 0) this.#forget(userId);
    }
    this.#flush();
  }

  changed(event: UserOnline | UserOffline): void {
    const entry = this.#entries.get(event.userId);
    if (!entry) return;
    const { userId, online, timestamp } = event;
    const { presence } = entry;
    const back = entry.held !== undefined;
    delete entry.held;
    if (online) {
      // A user known to be online keeps the earlier connectedAt. A held user who returns has a new session, which is not reported.
      if (back) entry.presence = knownAs({ userId, online, lastActive: timestamp, connectedAt: timestamp });
      else if (!presence.online) this.#set(entry, { userId, online, lastActive: timestamp, connectedAt: timestamp });
    } else {
      this.#set(entry, { userId, online, lastActive: event.lastActive, connectedAt: null });
    }
    this.#news.deliver();
  }

  /** By now the server knows who is online: held users who did not reconnect are offline. */
  settled(): void {
    if (!this.ports.connected()) return;
    for (const entry of this.#entries.values()) {
      if (!entry.held) continue;
      const { held, presence } = entry;
      delete entry.held;
      this.#set(entry, { ...held, lastActive: held.lastActive ?? presence.lastActive });
    }
    this.#news.deliver();
  }

  /** Forgets all states, and reports that to the listeners. */
  forget(): void {
    for (const [userId, entry] of this.#entries) {
      delete entry.held;
      if (!entry.presence.known) continue;
      entry.presence = unknown(userId);
      for (const watcher of entry.watchers) this.#news.note(watcher, entry.presence);
    }
    this.#news.deliver();
  }

  close(): void {
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#sweepTimer);
    this.#entries.clear();
    this.#news.clear();
  }

  #add(userId: string, watcher: Watcher): void {
    let entry = this.#entries.get(userId);
    if (!entry) {
      entry = { phase: 'idle', asked: false, presence: unknown(userId), watchers: new Set() };
      this.#entries.set(userId, entry);
      this.#flushSoon(this.times.batchMs);
    }
    entry.watchers.add(watcher);
    this.#unwanted.delete(userId);
    this.#wantedNoMore.delete(userId);
    if (entry.presence.known) this.#news.note(watcher, entry.presence);
  }

  #remove(userId: string, watcher: Watcher): void {
    const entry = this.#entries.get(userId);
    if (!entry?.watchers.delete(watcher) || entry.watchers.size > 0) return;
    this.#unwanted.add(userId);
    this.#sweepTimer ??= setTimeout(() => this.#sweep(), this.times.lingerMs);
  }

  // Every lingerMs while there are unwanted users: drops those who were unwanted at the last sweep, too.
  #sweep(): void {
    this.#sweepTimer = undefined;
    for (const userId of this.#wantedNoMore) this.#forget(userId);
    this.#wantedNoMore = this.#unwanted;
    this.#unwanted = new Set();
    if (this.#wantedNoMore.size > 0) this.#sweepTimer = setTimeout(() => this.#sweep(), this.times.lingerMs);
    if (this.#leaving.size === 0) return;
    for (const entry of this.#entries.values()) if (entry.phase === 'failed') entry.phase = 'idle';
    this.#flush();
  }

  #forget(userId: string): void {
    if (this.#entries.get(userId)?.asked) this.#leaving.add(userId);
    this.#entries.delete(userId);
    this.#unwanted.delete(userId);
    this.#wantedNoMore.delete(userId);
  }

  #flushSoon(ms: number): void {
    this.#flushTimer ??= setTimeout(() => this.#flush(), ms);
  }

  #flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (!this.ports.connected()) return;
    // Unsubscribe first: that makes room.
    const leaving = [...this.#leaving].filter((userId) => !this.#entries.has(userId));
    this.#leaving.clear();
    for (const userIds of this.#batches(leaving)) this.#unsubscribe(userIds);
    let room = MAX_WATCHED;
    const idle: Entry[] = [];
    const refused: Entry[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.phase !== 'failed') room -= 1;
      if (entry.phase === 'idle') (room < 0 ? refused : idle).push(entry);
    }
    for (const entries of this.#batches(idle)) this.#subscribe(entries);
    if (refused.length > 0) {
      this.#fail(refused, new RollcallError('TOO_MANY_USERS', `One connection can watch at most ${MAX_WATCHED} users`));
    }
  }

  *#batches<T>(all: T[]): Iterable<T[]> {
    for (let i = 0; i < all.length; i += this.#batch) yield all.slice(i, i + this.#batch);
  }

  // The answer applies only to these entries: a user may have been dropped, unsubscribed and watched again before it arrives.
  #subscribe(entries: Entry[]): void {
    const asked = new Set(entries);
    for (const entry of asked) Object.assign(entry, { phase: 'asking', asked: true });
    const userIds = entries.map(({ presence }) => presence.userId);
    this.ports.subscribe(userIds, {
      ok: ({ statuses }) => {
        this.#retryMs = kFirstRetryMs;
        for (const status of statuses) {
          const entry = this.#entries.get(status.userId);
          if (entry && asked.has(entry)) this.#snapshot(entry, status);
        }
        this.#news.deliver();
      },
      failed: (error) => this.#refused(entries, error),
    });
  }

  #snapshot(entry: Entry, status: UserStatus): void {
    entry.phase = 'watched';
    const { presence } = entry;
    if (!this.ports.settling() || !presence.known) this.#set(entry, status);
    // A server that has just started does not know when a user was last seen; we do.
    else if (!presence.online) this.#set(entry, { ...status, lastActive: status.lastActive ?? presence.lastActive });
    else if (status.online) entry.presence = knownAs(status);
    else entry.held = status;
  }

  #unsubscribe(userIds: string[]): void {
    for (const userId of userIds) this.#left.add(userId);
    const acknowledged = (done: boolean) => {
      for (const userId of userIds) {
        // Extra events do no harm; the next flush retries.
        if (this.#left.delete(userId) && !done) this.#leaving.add(userId);
      }
    };
    this.ports.unsubscribe(userIds, { ok: () => acknowledged(true), failed: () => acknowledged(false) });
  }

  #refused(entries: Entry[], error: RollcallError): void {
    if (error.code === 'CLOSED') return;
    const unsure = error.code === 'DISCONNECTED' || error.code === 'TIMEOUT' || error.code === 'INTERNAL';
    if (!unsure) for (const entry of entries) entry.asked = false;
    if (error.code === 'DISCONNECTED') {
      // The next connection requests all idle entries.
      for (const entry of entries) entry.phase = 'idle';
    } else if (error.code === 'TOO_MANY_USERS' && entries.length > 1) {
      // The server is configured to accept fewer ids per request.
      this.#batch = Math.min(this.#batch, Math.ceil(entries.length / 2));
      this.#again(entries, 0);
    } else if (error.code === 'RATE_LIMITED' || error.code === 'TIMEOUT' || error.code === 'INTERNAL') {
      this.#again(entries, this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, kLastRetryMs);
    } else {
      this.#fail(entries, error);
    }
  }

  #again(entries: Entry[], ms: number): void {
    for (const entry of entries) entry.phase = 'idle';
    this.#flushSoon(ms);
  }

  #fail(entries: Entry[], error: RollcallError): void {
    for (const entry of entries) entry.phase = 'failed';
    this.ports.failed(error);
  }

  #set(entry: Entry, status: UserStatus): void {
    const { online, lastActive, connectedAt } = status;
    const old = entry.presence;
    const same = old.online === online && old.lastActive === lastActive && old.connectedAt === connectedAt;
    if (same && old.known) return;
    entry.presence = knownAs(status);
    for (const watcher of entry.watchers) this.#news.note(watcher, entry.presence);
  }
}
