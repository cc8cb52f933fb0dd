import type { RollcallApi } from './api.js';
import { userIdsOf, type UserId } from './ids.js';

/** What of a Socket.IO server a backend uses to reach users: `server.to(userId).emit(event, data)`. */
export interface PresenceServer {
  to(userIds: UserId | readonly UserId[]): UserRoom;
  in(userIds: UserId | readonly UserId[]): UserRoom;
}

export interface UserRoom extends PresenceServer {
  /** To every connection of the users. Returns at once; who wants to know what came of it uses `emitToUser`. */
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
