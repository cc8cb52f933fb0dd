import { RollcallApiError } from './errors.js';
import type { StreamEvent } from './sse.js';

/** An online user. Times are ISO-8601, by the server's clock. */
export interface OnlineUser {
  userId: string;
  email: string | null;
  role: string | null;
  connectedAt: string;
  lastActive: string;
}

export interface UserCameOnline {
  userId: string;
  online: true;
  timestamp: string;
  email: string | null;
  role: string | null;
  connectedAt: string;
}

export interface UserWentOffline {
  userId: string;
  online: false;
  timestamp: string;
  lastActive: string | null;
}

export type PresenceChange = UserCameOnline | UserWentOffline;

/** The events of the feed. */
export type FeedEvent =
  | { kind: 'reset'; reason: string }
  | { kind: 'snapshot'; users: OnlineUser[] }
  /** `settlingMs`: if the server has just started, how much longer its users may need to reconnect. */
  | { kind: 'live'; timestamp: string; resumed: boolean; settlingMs: number }
  | { kind: 'change'; change: PresenceChange };

type Fields = Record<string, unknown>;

const text = (value: unknown): value is string => typeof value === 'string' && value !== '';
const orNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function bad(event: string, why: string): RollcallApiError {
  return new RollcallApiError('BAD_ANSWER', `The feed's event ${JSON.stringify(event.slice(0, 40))} is invalid: ${why}`);
}

function fieldsOf({ event, data }: StreamEvent): Fields {
  try {
    const found: unknown = JSON.parse(data);
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Fields;
  } catch {
    // Reported below.
  }
  throw bad(event, 'its data is not a JSON object');
}

function onlineUser(event: string, found: unknown): OnlineUser {
  const { userId, email, role, connectedAt, lastActive } = (found ?? {}) as Fields;
  if (!text(userId) || !text(connectedAt)) throw bad(event, 'a user has no userId or connectedAt');
  return { userId, email: orNull(email), role: orNull(role), connectedAt, lastActive: text(lastActive) ? lastActive : connectedAt };
}

function came(event: string, fields: Fields): UserCameOnline {
  const { userId, timestamp, email, role, connectedAt } = fields;
  if (!text(userId) || !text(timestamp)) throw bad(event, 'it has no userId or timestamp');
  const since = text(connectedAt) ? connectedAt : timestamp;
  return { userId, online: true, timestamp, email: orNull(email), role: orNull(role), connectedAt: since };
}

function went(event: string, { userId, timestamp, lastActive }: Fields): UserWentOffline {
  if (!text(userId) || !text(timestamp)) throw bad(event, 'it has no userId or timestamp');
  return { userId, online: false, timestamp, lastActive: orNull(lastActive) };
}

/** Throws `BAD_ANSWER` for invalid events; returns `undefined` for unknown ones, which later servers may send. */
export function readFeedEvent(event: StreamEvent): FeedEvent | undefined {
  const { event: name } = event;
  if (name === 'user-online') return { kind: 'change', change: came(name, fieldsOf(event)) };
  if (name === 'user-offline') return { kind: 'change', change: went(name, fieldsOf(event)) };
  if (name === 'reset') return { kind: 'reset', reason: String(fieldsOf(event)['reason']) };
  if (name === 'live') {
    const { timestamp, resumed, settlingMs } = fieldsOf(event);
    const at = text(timestamp) ? timestamp : new Date().toISOString();
    return { kind: 'live', timestamp: at, resumed: resumed === true, settlingMs: typeof settlingMs === 'number' ? settlingMs : 0 };
  }
  if (name !== 'snapshot') return undefined;
  const { users } = fieldsOf(event);
  if (!Array.isArray(users)) throw bad(name, 'it has no users');
  return { kind: 'snapshot', users: users.map((user) => onlineUser(name, user)) };
}
