import type { OnlineUser, OnlineUsersPage, UserOffline, UserOnline } from './contract.js';
import type { RollcallError } from './errors.js';
import type { Outcome } from './requests.js';
import { Value, type Store } from './store.js';

export interface OnlineUsers {
  /**
   * In the order in which they came online. For users who came online after the list was fetched, `email` and `role` are `null`
   * unless they were listed before, because the event does not contain them. Their `lastActive` is the time of that event.
   */
  readonly users: readonly OnlineUser[];
  /** The total number of users online. */
  readonly count: number;
  /** Whether the list is still being fetched for the first time. */
  readonly loading: boolean;
  /** Whether `users` has all online users: `false` if there are more than `maxOnlineUsers`. */
  readonly complete: boolean;
  readonly error: RollcallError | null;
}

export const noOnlineUsers: OnlineUsers = { users: [], count: 0, loading: true, complete: false, error: null };

export interface OnlineListPorts {
  connected(): boolean;
  /** Whether the server may not know yet who is online. */
  settling(): boolean;
  page(cursor: string | undefined, outcome: Outcome<OnlineUsersPage>): void;
  /** Whether the server broadcasts every change; if not (or if unknown), the list must be fetched again. */
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

/** All online users: fetched page by page, and updated by the changes that arrive meanwhile and afterwards. */
export class OnlineList {
  readonly #state = new Value<OnlineUsers>(noOnlineUsers);
  #users = new Map<string, OnlineUser>();
  // The pages so far, with the changes since: becomes #users when the last page has arrived.
  #next: Map<string, OnlineUser> | undefined;
  // Users who were online before the server restarted, and may still reconnect.
  readonly #held = new Set<string>();
  // Users who went offline, for the fields that the event of their return does not contain.
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

  /** Fetches the list again; the old one stays until the new one is complete. */
  refresh(): void {
    clearTimeout(this.#refresh);
    if (!this.#running || !this.ports.connected()) return;
    this.#fetch += 1;
    this.#next = new Map();
    this.#fetchPage(undefined);
  }

  connected(recovered: boolean): void {
    // For recovery the server keeps events, not outstanding answers.
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

  /** Forgets all users. */
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

  // If the server has just started, the previous users stay for a while.
  #hold(next: Map<string, OnlineUser>): void {
    this.#held.clear();
    if (!this.ports.settling()) return;
    for (const [userId, user] of this.#users) {
      if (next.has(userId)) continue;
      next.set(userId, user);
      this.#held.add(userId);
    }
  }

  // Not needed while the server broadcasts every change, or while nobody looks at the page.
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
