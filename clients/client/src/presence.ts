import type { UserStatus } from './contract.js';
import { ByUserId, type UserId } from './ids.js';
import { guarded } from './store.js';

/** The state of a user. A new object whenever something changes. */
export interface UserPresence extends Readonly<UserStatus> {
  /** Whether the state is known yet; until then `online` is `false`. */
  readonly known: boolean;
}

export const unknown = (userId: string): UserPresence => ({
  userId,
  online: false,
  lastActive: null,
  connectedAt: null,
  known: false,
});

/** Users by id. `get` and `has` also take numbers. */
export interface Presences extends ReadonlyMap<string, UserPresence> {
  get(userId: UserId): UserPresence | undefined;
  has(userId: UserId): boolean;
}

/** Unknown states of all these users. */
export const unknowns = (userIds: Iterable<string>): Presences =>
  new ByUserId(Array.from(userIds, (userId) => [userId, unknown(userId)] as const));

export type Listener = (presences: readonly UserPresence[]) => void;

export interface Watcher {
  listener: Listener;
  /** Changes that have not been delivered yet. */
  news: Map<string, UserPresence>;
}

/** The pending changes by listener. All changes of one server message are delivered to a listener in one call. */
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
      // Another listener may have stopped this watcher during this round.
      const news = [...watcher.news.values()].filter(({ userId }) => this.wants(watcher, userId));
      watcher.news.clear();
      if (news.length > 0) guarded(() => watcher.listener(news));
    }
  }
}
