// Compiled, never run: what an application's code may say, and what it may not.
import {
  createRollcall,
  RollcallError,
  type OnlineUsers,
  type Presences,
  type RollcallSocket,
  type Store,
  type UserPresence,
} from '@rollcall/client';
import { RollcallProvider, useOnlineUsers, useUserPresence, useUsersPresence, useUserStatus } from '@rollcall/react';
import { rollcall, useUserPresence as vueUserPresence } from '@rollcall/vue';
import { io } from 'socket.io-client';
import { createApp, type ComputedRef } from 'vue';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void => {};

const client = createRollcall({ url: 'https://a.example', getToken: async (reason) => `token for ${reason}` });
const stop: () => void = client.watch(['a', 'b'], (presence) => same<typeof presence, UserPresence>());
stop();
same<typeof client.onlineUsers, Store<OnlineUsers>>();

async function requests(): Promise<void> {
  const { online, lastActive } = await client.checkUser('a');
  same<typeof online, boolean>();
  same<typeof lastActive, string | null>();
  const { count } = await client.request('unsubscribe-presence', { userIds: [] });
  same<typeof count, number>();
  // @ts-expect-error: there is no such event
  await client.request('check-everything', {});
  await client.checkUsers([7, "b"]);
  // @ts-expect-error: on the wire a user id is a string
  await client.request('check-user-status', { userId: 7 });
  try {
    await client.heartbeat();
  } catch (error) {
    if (error instanceof RollcallError && error.code === 'RATE_LIMITED') return;
    // @ts-expect-error: no such code
    if (error instanceof RollcallError && error.code === 'TOO_LATE') return;
  }
}

const socket: RollcallSocket = io('https://a.example/ws/messages');
socket.emit('heartbeat');
socket.emit('get-online-users', {}, (answer) => answer.status === 'ok' && same<typeof answer.data.count, number>());
socket.emit('get-online-users', (answer) => answer.status === 'error' && answer.code === 'FORBIDDEN');
socket.emit('check-user-status', { userId: 'a' }, (answer) => {
  if (answer.status === 'ok') same<typeof answer.event, 'user-status'>();
});
// @ts-expect-error: whose status?
socket.emit('check-user-status');
socket.on('user-offline', ({ lastActive, online }) => {
  same<typeof lastActive, string>();
  same<typeof online, false>();
});
// @ts-expect-error: there is no such event
socket.on('user-away', () => {});
createRollcall({ socket });

declare module '@rollcall/client' {
  interface ServerToClientEvents {
    notification: (data: { id: string; text: string }) => void;
  }
  interface ClientToServerEvents {
    'notification-read': (ids: string[]) => void;
  }
}
client.socket.on('notification', (data) => same<typeof data, { id: string; text: string }>());
client.socket.emit('notification-read', ['7']);
// @ts-expect-error: it has ids
client.socket.emit('notification-read', 7);
// @ts-expect-error: nor is there such an event
client.socket.on('notifications', () => {});
same<ReturnType<typeof client.serverNow>, number>();

export function Card(): unknown {
  same<ReturnType<typeof useUserPresence>, boolean>();
  useUserPresence(undefined);
  const { users } = useOnlineUsers();
  same<(typeof users)[number]['email'], string | null>();
  same<ReturnType<typeof useUserStatus>, UserPresence>();
  useUserPresence(42);
  // @ts-expect-error: an object is no user id
  useUserPresence({ id: 42 });
  same<ReturnType<typeof useUsersPresence>, Presences>();
  const all: ReadonlyMap<string, UserPresence> = useUsersPresence([1, 'b']);
  void all;
  return RollcallProvider({ client, children: null });
}

createApp({}).use(rollcall, client);
same<ReturnType<typeof vueUserPresence>, ComputedRef<boolean>>();
void requests;
