import type { RollcallApi } from './api.js';
import { userIdsOf, type UserId } from './ids.js';

/** The part of a Socket.IO server with which a backend reaches users: `server.to(userId).emit(event, data)`. */
export interface PresenceServer {
  to(userIds: UserId | readonly UserId[]): UserRoom;
  in(userIds: UserId | readonly UserId[]): UserRoom;
}

export interface UserRoom extends PresenceServer {
  /** To every connection of the users. Returns at once; use `emitToUser` to get the result. */
  emit(event: string, data?: unknown): boolean;
}

export function presenceServer(api: Pick<RollcallApi, 'emit'>, failed: (error: unknown) => void): PresenceServer {
  const room = (userIds: ReadonlySet<string>): UserRoom => {
    const to = (more: UserId | readonly UserId[]): UserRoom => room(new Set([...userIds, ...userIdsOf(more, 'to(userIds)')]));
    const emit = (event: string, data?: unknown): boolean => {
      for (const userId of userIds) api.emit(userId, event, data).catch(failed);
      return true;
    };
    return { to, in: to, emit };
  };
  const { to } = room(new Set());
  return { to, in: to };
}
