'use client';

export { RollcallProvider, useRollcall, type RollcallProviderProps } from './provider.js';
export { useConnection, useOnlineUsers, useUserPresence, useUsersPresence, useUserStatus, type UserId } from './hooks.js';
export type { ConnectionState, OnlineUsers, Presences, UserPresence } from '@rollcall/client';
