export { provideRollcall } from './provide.js';
export { RollcallService, type FollowOptions, type Presences, type UserId } from './rollcall.service.js';
export type { RollcallSource } from './source.js';
export type { ConnectionState, OnlineUsers, UserPresence } from '@rollcall/client';
