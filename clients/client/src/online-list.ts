import type { OnlineUser, OnlineUsersPage, UserOffline, UserOnline } from './contract.js';
import type { RollcallError } from './errors.js';
import type { Outcome } from './requests.js';
import { Value, type Store } from './store.js';

export interface OnlineUsers {
  /**
   * In the order in which they came online. Of those who came since the list was last fetched `email` and `role` are
   * `null` unless they were seen before: the event does not tell. `lastActive` is as of then, too.
   */
  readonly users: readonly OnlineUser[];
  /** How many are online in all. */
  readonly count: number;
  /** Whether the list is still being fetched for the first time. */
  readonly loading: boolean;
  /** Whether `users` are all of them: `false` if there are more than `maxOnlineUsers`. */
  readonly complete: boolean;
  readonly error: RollcallError | null;
}

export const noOnlineUsers: OnlineUsers = { users: [], count: 0, loading: true, complete: false, error: null };

export interface OnlineListPorts {
  connected(): boolean;
  /** Whether the server may not know yet who is online. */
  settling(): boolean;
  page(cursor: string | undefined, outcome: Outcome<OnlineUsersPage>): void;
  /** Whether the server tells everybody of everybody; if not (or if that is not known), the list must be asked for. */
  toldOfEveryone(): boolean;
  /** Whether anyone is looking at the page. */
  attended(): boolean;
}

export interface OnlineListSettings {
  maxOnlineUsers: number;
  refreshMs: number;
  lingerMs: number;
}

const kToldMs = 20;
const kRetryMs = 5000;

/** Everyone who is online: fetched page by page, and kept by the changes that come meanwhile and after. */
export class OnlineList {
  readonly #state = new Value<OnlineUsers>(noOnlineUsers);
  #users = new Map<string, OnlineUser>();
  // The pages that have come, with the changes since: it becomes #users when the last page is there.
  #next: Map<string, OnlineUser> | undefined;
  // Who was online before the server started, and may be on their way back.
  readonly #held = new Set<string>();
  // Those who went, for what the event of their return does not say of them.
  readonly #gone = new Map<string, OnlineUser>();
  #count = 0;
  #complete = false;
  #fetched = false;
  #error: RollcallError | null = null;
  #readers = 0;
  #running = false;
  #fetch = 0;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #refresh: ReturnType<typeof setTimeout> | undefined;
  #tell: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ports: OnlineListPorts,
    private readonly settings: OnlineListSettings,
  ) {}

  readonly store: Store<OnlineUsers> = {
    get: () => this.#state.get(),
    subscribe: (changed) => {
      const stop = this.#state.subscribe(changed);
      let reading = true;
      this.#begin();
      return () => {
        if (!reading) return;
        reading = false;
        stop();
        this.#end();
      };
    },
  };

  /** Fetches the list again; it stays as it is until the new one is there. */
  refresh(): void {
    clearTimeout(this.#refresh);
    if (!this.#running || !this.ports.connected()) return;
    this.#fetch += 1;
    this.#next = new Map();
    this.#fetchPage(undefined);
  }

  connected(recovered: boolean): void {
    // What the server keeps for those who recover are events, not the answers that were still to come.
    if (this.#running && (!recovered || !this.#fetched || this.#next)) this.refresh();
  }

  disconnected(): void {
    this.#fetch += 1;
  }

  /** By now the server knows who is online. */
  settled(): void {
    if (this.#held.size === 0 || !this.ports.connected()) return;
    if (!this.ports.toldOfEveryone()) return this.refresh();
    for (const userId of this.#held) this.#users.delete(userId);
    this.#count = Math.max(this.#users.size, this.#count - this.#held.size);
    this.#held.clear();
    this.#tellNow();
  }

  /** Nothing is known any more. */
  forget(): void {
    this.#users = new Map();
    this.#held.clear();
    this.#gone.clear();
    this.#fetched = false;
    this.#complete = false;
    this.#count = 0;
    this.#state.set(noOnlineUsers);
  }

  changed(event: UserOnline | UserOffline): void {
    if (!this.#running) return;
    const { userId } = event;
    this.#held.delete(userId);
    const listed = this.#users.get(userId);
    if (listed && !event.online) this.#remember(listed);
    for (const users of [this.#users, this.#next]) {
      if (!users) continue;
      if (event.online) this.#enter(users, userId, event.timestamp);
      else users.delete(userId);
    }
    if (!this.#fetched) return;
    if (this.#complete) this.#count = this.#users.size;
    else if (!event.online) this.#count -= 1;
    else if (!listed) this.#count += 1;
    this.#tellSoon();
  }

  close(): void {
    this.#running = false;
    this.#fetch += 1;
    for (const timer of [this.#linger, this.#refresh, this.#tell]) clearTimeout(timer);
    this.#tell = undefined;
  }

  #begin(): void {
    this.#readers += 1;
    clearTimeout(this.#linger);
    if (this.#running) return;
    this.#running = true;
    this.refresh();
  }

  #end(): void {
    this.#readers -= 1;
    if (this.#readers > 0) return;
    this.#linger = setTimeout(() => {
      this.close();
      this.forget();
    }, this.settings.lingerMs);
  }

  #fetchPage(cursor: string | undefined): void {
    const fetch = this.#fetch;
    this.ports.page(cursor, {
      ok: (page) => fetch === this.#fetch && this.#took(page),
      failed: (error) => {
        if (fetch !== this.#fetch) return;
        this.#next = undefined;
        this.#error = error;
        this.#tellNow();
        this.#refresh = setTimeout(() => this.refresh(), kRetryMs);
      },
    });
  }

  #took(page: OnlineUsersPage): void {
    const next = this.#next!;
    for (const user of page.users) next.set(user.userId, user);
    if (page.nextCursor && next.size < this.settings.maxOnlineUsers) return this.#fetchPage(page.nextCursor);
    this.#hold(next);
    this.#users = next;
    this.#next = undefined;
    this.#complete = !page.nextCursor;
    this.#count = this.#complete ? this.#users.size : page.count + this.#held.size;
    this.#fetched = true;
    this.#error = null;
    this.#tellNow();
    this.#refreshLater();
  }

  // Those of before stay for a while, if the server has just started.
  #hold(next: Map<string, OnlineUser>): void {
    this.#held.clear();
    if (!this.ports.settling()) return;
    for (const [userId, user] of this.#users) {
      if (next.has(userId)) continue;
      next.set(userId, user);
      this.#held.add(userId);
    }
  }

  // In due course; where the changes are told, or nobody looks, there is no need yet.
  #refreshLater(): void {
    const { refreshMs } = this.settings;
    if (refreshMs <= 0) return;
    this.#refresh = setTimeout(() => {
      if (this.ports.toldOfEveryone() || !this.ports.attended()) this.#refreshLater();
      else this.refresh();
    }, refreshMs);
  }

  #enter(users: Map<string, OnlineUser>, userId: string, at: string): void {
    if (users.has(userId) || users.size >= this.settings.maxOnlineUsers) return;
    const { email = null, role = null } = this.#gone.get(userId) ?? {};
    users.set(userId, { userId, email, role, connectedAt: at, lastActive: at });
  }

  #remember(user: OnlineUser): void {
    this.#gone.delete(user.userId);
    this.#gone.set(user.userId, user);
    if (this.#gone.size > this.settings.maxOnlineUsers) {
      for (const oldest of this.#gone.keys()) return void this.#gone.delete(oldest);
    }
  }

  #tellSoon(): void {
    this.#tell ??= setTimeout(() => this.#tellNow(), kToldMs);
  }

  #tellNow(): void {
    clearTimeout(this.#tell);
    this.#tell = undefined;
    this.#state.set({
      users: [...this.#users.values()],
      count: this.#count,
      loading: !this.#fetched,
      complete: this.#complete,
      error: this.#error,
    });
  }
}
