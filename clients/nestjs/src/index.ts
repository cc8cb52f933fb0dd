export * from './feed.js';
export { PresenceService, PresenceService as MessagesGateway } from './presence.service.js';
export { RollcallModule } from './rollcall.module.js';
export { ROLLCALL_OPTIONS, type RollcallModuleOptions } from './options.js';
export type { PresenceServer, UserRoom } from './rooms.js';
