import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { RollcallApi, type EmitResult, type OnlineUsersPage, type UserStatus, type WideEmitResult } from './api.js';
import type { UserCameOnline, UserWentOffline } from './feed-events.js';
import { userIdOf, userIdsOf, type UserId } from './ids.js';
import { FeedMirror, type FeedStatus } from './feed-mirror.js';
import type { UserOnlineStatus } from './mirror.js';
import { ROLLCALL_OPTIONS, type RollcallModuleOptions } from './options.js';
import { presenceServer, type PresenceServer } from './rooms.js';

/**
 * Answers who is online from a local mirror of the presence server, and sends messages to users. As `MessagesGateway` it replaces
 * the gateway that was part of the application before.
 */
@Injectable()
export class PresenceService implements OnModuleDestroy {
  /** `server.to(userId).emit(event, data)`, as with a Socket.IO server. Failures are logged. */
  readonly server: PresenceServer;
  /** The mirror: all online users with email and role (`mirror.users`), changes of its status (`mirror.onStatus`). */
  readonly mirror: FeedMirror;
  /** The HTTP API, for everything else. */
  readonly api: RollcallApi;
  readonly #logger = new Logger('Rollcall');
  readonly #options: RollcallModuleOptions;
  #wasLive = false;

  constructor(@Inject(ROLLCALL_OPTIONS) options: RollcallModuleOptions) {
    this.#options = options;
    this.api = new RollcallApi(options);
    const onListenerError = (error: unknown): void => this.#logger.error('A listener failed', String((error as Error)?.stack ?? error));
    this.mirror = new FeedMirror({ onListenerError, ...options });
    this.mirror.onStatus((status) => this.#log(status));
    this.server = presenceServer(this.api, (error) => this.#logger.error(`A message was not sent: ${String(error)}`));
  }

  /** Done by the module: follows the feed, and waits for the first snapshot. */
  async start(): Promise<void> {
    const { startTimeoutMs = 10_000, requireOnStart = true } = this.#options;
    this.mirror.start();
    try {
      await this.mirror.ready(startTimeoutMs);
    } catch (error) {
      const { message } = error as Error;
      if (requireOnStart) {
        this.mirror.stop();
        throw new Error(`Rollcall is not available. ${message}`, { cause: error });
      }
      this.#logger.warn(`Starting without presence, all users are offline: ${message}`);
    }
  }

  /** Called by NestJS: stops the mirror. */
  onModuleDestroy(): void {
    this.mirror.stop();
  }

  /** From the mirror, including `lastActive`; {@link checkUser} asks the server. */
  getUserOnlineStatus(userId: UserId): UserOnlineStatus {
    return this.mirror.getUserOnlineStatus(userId);
  }

  /** From the mirror: the ids of all online users. */
  getOnlineUsers(): string[] {
    return this.mirror.getOnlineUsers();
  }

  /** From the mirror. */
  getOnlineUsersCount(): number {
    return this.mirror.getOnlineUsersCount();
  }

  /** The state of the mirror: `state`, `staleMs`, `lastHeardAt`, `error`. For health checks. */
  get status(): FeedStatus {
    return this.mirror.status;
  }

  /** To every connection of the user. Returns how many got it, and whether the user is online. */
  async emitToUser(userId: UserId, event: string, data?: unknown): Promise<EmitResult> {
    return this.api.emit(userIdOf(userId, 'emitToUser(userId)'), event, data);
  }

  /** To every connection of the users, each once; any number of them. */
  emitToUsers(userIds: UserId | Iterable<UserId>, event: string, data?: unknown): Promise<WideEmitResult> {
    return this.api.emitToUsers(userIds, event, data);
  }

  /** To every connected user. */
  emitToAll(event: string, data?: unknown): Promise<WideEmitResult> {
    return this.api.emitToAll(event, data);
  }

  /** Closes all connections of the user; returns how many there were. Needs the scope `admin`. */
  async disconnectUser(userId: UserId): Promise<{ disconnected: number }> {
    return { disconnected: await this.api.disconnect(userIdOf(userId, 'disconnectUser(userId)')) };
  }

  /** Asks the server. */
  async checkUser(userId: UserId): Promise<UserStatus> {
    return this.api.userStatus(userIdOf(userId, 'checkUser(userId)'));
  }

  /** Asks the server about any number of users; in the order of `userIds`. */
  async checkUsers(userIds: UserId | Iterable<UserId>): Promise<UserStatus[]> {
    return this.api.usersStatus(userIdsOf(userIds, 'checkUsers(userIds)'));
  }

  /** Asks the server for one page of online users, with emails and roles. */
  fetchOnlineUsers(page: { limit?: number; cursor?: string } = {}): Promise<OnlineUsersPage> {
    return this.api.onlineUsers(page);
  }

  /** Calls the listener when a user comes online. The returned function removes the listener. */
  onUserOnline(listener: (change: UserCameOnline) => void): () => void {
    return this.mirror.onUserOnline(listener);
  }

  onUserOffline(listener: (change: UserWentOffline) => void): () => void {
    return this.mirror.onUserOffline(listener);
  }

  // One line when the feed is lost and one when it is back, not for every attempt, nor for a restart of the server.
  #log({ state, error }: FeedStatus): void {
    if (state === 'live') {
      if (!this.#wasLive) this.#logger.log(`Presence is live: ${this.getOnlineUsersCount()} online`);
      this.#wasLive = true;
    } else if (this.#wasLive && state !== 'stopped' && state !== 'settling') {
      this.#logger.warn(`Presence may be out of date: ${error?.message}`);
      this.#wasLive = false;
    }
  }
}
