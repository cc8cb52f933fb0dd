import type { FeedEvent, OnlineUser, PresenceChange } from './feed-events.js';
import { RollcallApiError } from './errors.js';
import { ByUserId, type UserId } from './ids.js';

/** Users by id. `get` and `has` also take numbers. */
export interface UsersById extends ReadonlyMap<string, Readonly<OnlineUser>> {
  get(userId: UserId): Readonly<OnlineUser> | undefined;
  has(userId: UserId): boolean;
}

/** A user's status, in the form of the former gateway. */
export interface UserOnlineStatus {
  online: boolean;
  /** ISO-8601; `null`: unknown. */
  lastActive: string | null;
  /** When the user came online; `null` if offline. */
  connectedAt: string | null;
}

/**
 * The online users according to the feed: a pure machine. A snapshot is collected separately, and replaces the state when it is
 * complete, so nobody ever sees half of one.
 */
export class Mirror {
  /** There has been a complete snapshot. */
  ready = false;
  #users = new ByUserId<OnlineUser>();
  #gathered: ByUserId<OnlineUser> | undefined;
  // Whether the server may have restarted since its last message, and thus forgotten who was online.
  #ofAnotherStart = false;
  // Users who were online before the server restarted, and may still reconnect. They are in #users, too.
  readonly #held = new Set<string>();
  // When offline users were last seen: the latest ones, in the order in which they went offline.
  readonly #lastSeen = new Map<string, string>();

  constructor(private readonly maxLastSeen = 10_000) {}

  get users(): UsersById {
    return this.#users;
  }

  status(userId: string): UserOnlineStatus {
    const user = this.#users.get(userId);
    if (user) return { online: true, lastActive: user.lastActive, connectedAt: user.connectedAt };
    return { online: false, lastActive: this.#lastSeen.get(userId) ?? null, connectedAt: null };
  }

  /** Applies an event; returns the changes, in order. */
  apply(event: FeedEvent): PresenceChange[] {
    if (event.kind === 'change') return this.#change(event.change);
    if (event.kind === 'live') return this.#live(event.timestamp, event.resumed, event.settlingMs > 0);
    if (event.kind === 'reset') {
      this.#gathered = new ByUserId();
      this.#ofAnotherStart = event.reason !== 'fell-behind';
    } else {
      if (!this.#gathered) throw new RollcallApiError('BAD_ANSWER', 'The feed sent a snapshot without a reset before it');
      for (const user of event.users) this.#gathered.set(user.userId, user);
    }
    return [];
  }

  /** The connection broke: discards an incomplete snapshot. */
  cut(): void {
    this.#gathered = undefined;
  }

  /** By now the server knows who is online: held users who did not reconnect are offline. */
  settled(timestamp: string): PresenceChange[] {
    const changes: PresenceChange[] = [];
    for (const userId of this.#held) {
      const lastActive = this.#users.get(userId)?.lastActive ?? null;
      this.#users.delete(userId);
      this.#seen(userId, lastActive);
      changes.push({ userId, online: false, timestamp, lastActive });
    }
    this.#held.clear();
    return changes;
  }

  #live(timestamp: string, resumed: boolean, settling: boolean): PresenceChange[] {
    const next = this.#gathered;
    if (!next) {
      if (resumed && this.ready) return [];
      throw new RollcallApiError('BAD_ANSWER', 'The feed is live without a snapshot');
    }
    const before = this.#users;
    this.#users = next;
    this.#gathered = undefined;
    this.#held.clear();
    if (settling && this.#ofAnotherStart) this.#hold(before, next);
    for (const userId of next.keys()) this.#lastSeen.delete(userId);
    const changes = this.#missed(before, next, timestamp);
    // The first snapshot is a state, not a change.
    if (this.ready) return changes;
    this.ready = true;
    return [];
  }

  #hold(before: ByUserId<OnlineUser>, next: ByUserId<OnlineUser>): void {
    for (const [userId, user] of before) {
      if (next.has(userId)) continue;
      next.set(userId, user);
      this.#held.add(userId);
    }
  }

  #missed(before: Map<string, OnlineUser>, next: Map<string, OnlineUser>, timestamp: string): PresenceChange[] {
    const changes: PresenceChange[] = [];
    for (const [userId, { lastActive }] of before) {
      if (next.has(userId)) continue;
      this.#seen(userId, lastActive);
      changes.push({ userId, online: false, timestamp, lastActive });
    }
    for (const [userId, { email, role, connectedAt }] of next) {
      if (!before.has(userId)) changes.push({ userId, online: true, timestamp, email, role, connectedAt });
    }
    return changes;
  }

  #change(change: PresenceChange): PresenceChange[] {
    if (this.#gathered) throw new RollcallApiError('BAD_ANSWER', 'The feed sent a change in the middle of a snapshot');
    const { userId } = change;
    this.#held.delete(userId);
    const was = this.#users.get(userId);
    if (change.online) {
      const { email, role, connectedAt, timestamp } = change;
      // An event that is repeated after a snapshot is older than the snapshot.
      const lastActive = was && was.lastActive > timestamp ? was.lastActive : timestamp;
      this.#users.set(userId, { userId, email, role, connectedAt, lastActive });
      this.#lastSeen.delete(userId);
    } else {
      this.#users.delete(userId);
      this.#seen(userId, change.lastActive ?? was?.lastActive ?? null);
    }
    return change.online === (was !== undefined) ? [] : [change];
  }

  #seen(userId: string, lastActive: string | null): void {
    if (lastActive === null) return;
    this.#lastSeen.delete(userId);
    this.#lastSeen.set(userId, lastActive);
    if (this.#lastSeen.size <= this.maxLastSeen) return;
    for (const oldest of this.#lastSeen.keys()) {
      this.#lastSeen.delete(oldest);
      break;
    }
  }
}
