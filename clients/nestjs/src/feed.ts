/** The part that does not need NestJS: `@rollcall/nestjs/feed`. */
export type { AccessOptions } from './access.js';
export { RollcallApi, type EmitResult, type OnlineUsersPage, type UserStatus, type WideEmitResult } from './api.js';
export { RollcallApiError } from './errors.js';
export type { OnlineUser, PresenceChange, UserCameOnline, UserWentOffline } from './feed-events.js';
export { FeedMirror, type FeedMirrorOptions, type FeedState, type FeedStatus } from './feed-mirror.js';
export type { UserId } from './ids.js';
export type { UserOnlineStatus, UsersById } from './mirror.js';
