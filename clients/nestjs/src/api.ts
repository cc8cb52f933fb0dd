import { Access, type AccessOptions } from './access.js';
import { RollcallApiError } from './errors.js';
import type { OnlineUser } from './feed-events.js';
import { userIdOf, userIdsOf, type UserId } from './ids.js';
import type { UserOnlineStatus } from './mirror.js';
import { Turns } from './turns.js';

export interface UserStatus extends UserOnlineStatus {
  userId: string;
}

export interface OnlineUsersPage {
  users: OnlineUser[];
  /** The total number of users online, over all pages. */
  count: number;
  timestamp: string;
  /** Pass it as `cursor` to get the next page; missing on the last page. */
  nextCursor?: string;
}

export interface EmitResult {
  /** The number of the user's connections that got the message. */
  delivered: number;
  online: boolean;
}

export interface WideEmitResult {
  /** The number of connections that got the message. */
  delivered: number;
  /** The number of addressed users who are online. */
  online: number;
}

const kMostIds = 1000;

/** The HTTP API: always the current state. Rejects with {@link RollcallApiError}. */
export class RollcallApi {
  readonly #access: Access;
  // Messages to one user are sent one after the other, so that they arrive in order.
  readonly #turns = new Turns();

  constructor(options: AccessOptions) {
    this.#access = new Access(options);
  }

  async userStatus(userId: UserId): Promise<UserStatus> {
    const [status] = await this.usersStatus([userIdOf(userId, 'userStatus(userId)')]);
    return status as UserStatus;
  }

  /** In the order of `userIds`; any number of users. */
  async usersStatus(userIds: UserId | Iterable<UserId>): Promise<UserStatus[]> {
    const ids = userIdsOf(userIds, 'usersStatus(userIds)');
    const batches: Promise<{ statuses: UserStatus[] }>[] = [];
    for (let i = 0; i < ids.length; i += kMostIds) {
      batches.push(this.#access.ask('POST', '/presence/query', JSON.stringify({ userIds: ids.slice(i, i + kMostIds) })));
    }
    return (await Promise.all(batches)).flatMap(({ statuses }) => statuses);
  }

  onlineUsers(page: { limit?: number; cursor?: string } = {}): Promise<OnlineUsersPage> {
    const query = new URLSearchParams();
    if (page.limit !== undefined) query.set('limit', String(page.limit));
    if (page.cursor !== undefined) query.set('cursor', page.cursor);
    return this.#access.ask('GET', `/presence/online?${query}`.replace(/\?$/, ''));
  }

  async onlineUsersCount(): Promise<number> {
    return (await this.#access.ask<{ count: number }>('GET', '/presence/count')).count;
  }

  emit(userId: UserId, event: string, data?: unknown): Promise<EmitResult> {
    try {
      const id = userIdOf(userId, 'emit(userId)');
      const path = pathOf(id, 'emit');
      // Serialised now: the caller may change the data while the message waits.
      const body = JSON.stringify({ event, data });
      return this.#turns.take(id, () => this.#access.ask<EmitResult>('POST', path, body));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** To any number of users, each once. */
  async emitToUsers(userIds: UserId | Iterable<UserId>, event: string, data?: unknown): Promise<WideEmitResult> {
    const ids = [...new Set(userIdsOf(userIds, 'emitToUsers(userIds)'))];
    // Serialised now: the caller may change the data while the message waits.
    const bodies: string[] = [];
    for (let i = 0; i < ids.length; i += kMostIds) bodies.push(JSON.stringify({ userIds: ids.slice(i, i + kMostIds), event, data }));
    const results = await Promise.all(bodies.map((body) => this.#access.ask<WideEmitResult>('POST', '/emit', body)));
    const sum = (of: (one: WideEmitResult) => number): number => results.reduce((all, one) => all + of(one), 0);
    return { delivered: sum((one) => one.delivered), online: sum((one) => one.online) };
  }

  /** To every connection. */
  async emitToAll(event: string, data?: unknown): Promise<WideEmitResult> {
    return this.#access.ask('POST', '/emit', JSON.stringify({ all: true, event, data }));
  }

  /** Closes all connections of the user; returns how many there were. */
  async disconnect(userId: UserId): Promise<number> {
    const path = pathOf(userIdOf(userId, 'disconnect(userId)'), 'disconnect');
    return (await this.#access.ask<{ disconnected: number }>('POST', path)).disconnected;
  }

  /** Why the server shows the user as online or offline, for people to read. */
  async explain(userId: UserId): Promise<Record<string, unknown>> {
    return this.#access.ask('GET', pathOf(userIdOf(userId, 'explain(userId)'), 'explain'));
  }
}

function pathOf(userId: string, what: string): string {
  // As path segments these two have a special meaning, even percent-encoded.
  if (userId === '.' || userId === '..') throw new RollcallApiError('INVALID_PAYLOAD', `userId "${userId}" can't be part of an address`);
  return `/users/${encodeURIComponent(userId)}/${what}`;
}
