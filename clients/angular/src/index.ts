export { provideRollcall } from './provide.js';
export { RollcallService, type FollowOptions, type UserId, type UserIds } from './rollcall.service.js';
export type { RollcallSource } from './source.js';
export type { ConnectionState, OnlineUsers, Presences, UserPresence } from '@rollcall/client';
