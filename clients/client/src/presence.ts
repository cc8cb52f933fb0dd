import type { UserStatus } from './contract.js';
import { ByUserId, type UserId } from './ids.js';
import { guarded } from './store.js';

/** What is known of a user. A new object whenever something changes. */
export interface UserPresence extends Readonly<UserStatus> {
  /** Whether the server has told anything yet; before that, `online` is `false` for want of better. */
  readonly known: boolean;
}

export const unknown = (userId: string): UserPresence => ({
  userId,
  online: false,
  lastActive: null,
  connectedAt: null,
  known: false,
});

/** Users by their ids. `get` and `has` take numbers, too. */
export interface Presences extends ReadonlyMap<string, UserPresence> {
  get(userId: UserId): UserPresence | undefined;
  has(userId: UserId): boolean;
}

/** Of each nothing is known. */
export const unknowns = (userIds: Iterable<string>): Presences =>
  new ByUserId(Array.from(userIds, (userId) => [userId, unknown(userId)] as const));

export type Listener = (presences: readonly UserPresence[]) => void;

export interface Watcher {
  listener: Listener;
  /** What it has not been told yet. */
  news: Map<string, UserPresence>;
}

/** What is to be told to whom: all that one message of the server changed is told to a listener in one call. */
export class Deliveries {
  readonly #told = new Set<Watcher>();

  constructor(private readonly wants: (watcher: Watcher, userId: string) => boolean) {}

  note(watcher: Watcher, presence: UserPresence): void {
    watcher.news.set(presence.userId, presence);
    this.#told.add(watcher);
  }

  drop(watcher: Watcher): void {
    this.#told.delete(watcher);
    watcher.news.clear();
  }

  clear(): void {
    this.#told.clear();
  }

  deliver(): void {
    const told = [...this.#told];
    this.#told.clear();
    for (const watcher of told) {
      // A watcher may be ended by another's listener in this very round.
      const news = [...watcher.news.values()].filter(({ userId }) => this.wants(watcher, userId));
      watcher.news.clear();
      if (news.length > 0) guarded(() => watcher.listener(news));
    }
  }
}
