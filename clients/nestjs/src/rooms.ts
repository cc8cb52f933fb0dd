import type { RollcallApi } from './api.js';

/** What of a Socket.IO server a backend uses to reach users: `server.to(userId).emit(event, data)`. */
export interface PresenceServer {
  to(userIds: string | readonly string[]): UserRoom;
  in(userIds: string | readonly string[]): UserRoom;
}

export interface UserRoom extends PresenceServer {
  /** To every connection of the users. Returns at once; who wants to know what came of it uses `emitToUser`. */
  emit(event: string, data?: unknown): boolean;
}

export function presenceServer(api: Pick<RollcallApi, 'emit'>, failed: (error: unknown) => void): PresenceServer {
  const room = (userIds: ReadonlySet<string>): UserRoom => {
    const to = (more: string | readonly string[]): UserRoom => room(new Set([...userIds].concat(more)));
    const emit = (event: string, data?: unknown): boolean => {
      for (const userId of userIds) api.emit(userId, event, data).catch(failed);
      return true;
    };
    return { to, in: to, emit };
  };
  const { to } = room(new Set());
  return { to, in: to };
}
