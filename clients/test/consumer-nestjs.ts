// Compiled, never run: what a backend's code may say, and what it may not.
import { Injectable, Module } from '@nestjs/common';
import { MessagesGateway, PresenceService, RollcallApiError, RollcallModule, type EmitResult, type UserStatus } from '@rollcall/nestjs';
import { FeedMirror, type FeedState, type OnlineUser, type UsersById } from '@rollcall/nestjs/feed';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void => {};

class Settings {
  url = 'https://a.example';
  apiKey = 'rck_x';
}

@Module({
  imports: [
    RollcallModule.forRoot({ url: 'https://a.example', apiKey: 'rck_x', requireOnStart: false, isGlobal: false }),
    RollcallModule.forRootAsync({
      inject: [Settings],
      isGlobal: true,
      useFactory: async (settings: Settings) => ({ url: settings.url, apiKey: settings.apiKey }),
    }),
    // @ts-expect-error: without a key
    RollcallModule.forRoot({ url: 'https://a.example' }),
    // @ts-expect-error: without a key
    RollcallModule.forRootAsync({ useFactory: () => ({ url: 'https://a.example' }) }),
  ],
})
export class AppModule {}

@Injectable()
export class Consumer {
  constructor(
    private readonly gateway: MessagesGateway,
    private readonly presence: PresenceService,
  ) {
    same<MessagesGateway, PresenceService>();
    const stop: () => void = presence.onUserOnline(({ userId, online }) => same<typeof online, true>() ?? userId);
    stop();
    presence.onUserOffline(({ online, lastActive }) => same<typeof online, false>() ?? lastActive);
  }

  now(): void {
    const { online, lastActive, connectedAt } = this.gateway.getUserOnlineStatus('a');
    same<typeof online, boolean>();
    same<typeof lastActive, string | null>();
    same<typeof connectedAt, string | null>();
    same<ReturnType<MessagesGateway['getOnlineUsers']>, string[]>();
    same<ReturnType<MessagesGateway['getOnlineUsersCount']>, number>();
    const sent: boolean = this.gateway.server.to('a').to(['b', 'c']).emit('notification', { message: 'x' });
    // @ts-expect-error: to whom?
    this.gateway.server.emit('notification', sent);
    this.gateway.getUserOnlineStatus(7);
    this.presence.mirror.users.get(7);
    // @ts-expect-error: whose?
    this.gateway.getUserOnlineStatus(undefined);
    same<typeof this.presence.status.state, FeedState>();
  }

  async asked(): Promise<void> {
    const result = await this.presence.emitToUser('a', 'x', { n: 1 }).catch((error: unknown) => {
      if (error instanceof RollcallApiError && error.retryAfterMs !== undefined) return undefined;
      throw error;
    });
    same<typeof result, EmitResult | undefined>();
    same<Awaited<ReturnType<PresenceService['checkUsers']>>, UserStatus[]>();
    const { disconnected } = await this.presence.disconnectUser('a');
    same<typeof disconnected, number>();
  }
}

const mirror = new FeedMirror({ url: 'https://a.example', apiKey: 'rck_x' }).start();
same<typeof mirror.users, UsersById>();
const users: ReadonlyMap<string, Readonly<OnlineUser>> = mirror.users;
void users;
void mirror.ready(1000);
