// The events of a rollcall server, as types: what it understands, what it answers, what it tells.
// The words are those of docs/protocol.md; a test compares the two.

/** ISO-8601, UTC, with milliseconds, by the server's clock: `2026-01-04T12:34:56.789Z`. */
export type Timestamp = string;

export interface UserStatus {
  userId: string;
  online: boolean;
  /** The latest sign of life of the person; of one who is offline: when they were last seen. `null`: never seen. */
  lastActive: Timestamp | null;
  /** Since when they are online without a break; `null` while offline. */
  connectedAt: Timestamp | null;
}

export interface OnlineUser {
  userId: string;
  email: string | null;
  role: string | null;
  connectedAt: Timestamp;
  lastActive: Timestamp;
}

export interface UsersStatus {
  /** In the order asked, duplicates kept. */
  statuses: UserStatus[];
  timestamp: Timestamp;
}

export interface OnlineUsersPage {
  users: OnlineUser[];
  /** How many are online in all, on whatever page. */
  count: number;
  timestamp: Timestamp;
  /** Give it to the next request for the users that follow; missing on the last page. */
  nextCursor?: string;
}

type Nothing = Record<string, never>;

/** What can be asked: the payload, the event that answers it, and that event's data. */
export interface Requests {
  'check-user-status': {
    payload: { userId: string };
    reply: 'user-status';
    data: UserStatus & { timestamp: Timestamp };
  };
  'check-users-status': { payload: { userIds: string[] }; reply: 'users-status'; data: UsersStatus };
  'get-online-users': {
    payload: { limit?: number; cursor?: string };
    reply: 'online-users';
    data: OnlineUsersPage;
  };
  heartbeat: {
    payload: Nothing;
    reply: 'heartbeat-ack';
    data: { timestamp: Timestamp; lastActive: Timestamp };
  };
  'subscribe-presence': { payload: { userIds: string[] }; reply: 'presence-subscribed'; data: UsersStatus };
  'unsubscribe-presence': {
    payload: { userIds: string[] };
    reply: 'presence-unsubscribed';
    /** `count`: how many this connection still watches. */
    data: { count: number; timestamp: Timestamp };
  };
  'refresh-token': {
    payload: { token: string };
    reply: 'token-refreshed';
    /** `expiresAt`: `null` if the new token does not run out. */
    data: { expiresAt: Timestamp | null; timestamp: Timestamp };
  };
}

export type RequestName = keyof Requests;
export type PayloadOf<E extends RequestName> = Requests[E]['payload'];
export type DataOf<E extends RequestName> = Requests[E]['data'];

/** Why the server did not serve a request. */
export type RefusalCode =
  | 'INVALID_PAYLOAD'
  | 'TOO_MANY_USERS'
  | 'RATE_LIMITED'
  | 'UNKNOWN_EVENT'
  | 'FORBIDDEN'
  | 'INTERNAL';

/** Why the server did not let a connection in, or ended it. */
export type AuthCode = 'MISSING_AUTH_TOKEN' | 'INVALID_TOKEN' | 'TOKEN_EXPIRED' | 'TOO_MANY_CONNECTIONS';

export interface Refusal {
  status: 'error';
  code: RefusalCode;
  /** In words; of `INVALID_PAYLOAD`: which field, and why. */
  message: string;
}

/** What the acknowledgement callback of a request gets. */
export type Answer<E extends RequestName> =
  | { status: 'ok'; event: Requests[E]['reply']; data: DataOf<E> }
  | Refusal;

export interface AuthenticationError {
  code: AuthCode;
  details: string;
  timestamp: Timestamp;
}

export interface Connected {
  userId: string;
  socketId: string;
  timestamp: Timestamp;
  /** Whether the session was taken up again, with its subscriptions and the events that were missed. */
  recovered: boolean;
  /** The server has just started, and its users may need so long yet to come back; missing otherwise. */
  settlingMs?: number;
}

export interface UserOnline {
  userId: string;
  online: true;
  timestamp: Timestamp;
}

export interface UserOffline {
  userId: string;
  online: false;
  timestamp: Timestamp;
  lastActive: Timestamp;
}

/** `batched`: there are so many changes that they are told together, up to about `windowMs` late. */
export interface PresenceMode {
  mode: 'live' | 'batched';
  windowMs: number;
  timestamp: Timestamp;
}

type Replies = { [E in RequestName as Requests[E]['reply']]: (data: DataOf<E>) => void };

/**
 * The events that come from the server. The answers come as events to those who gave no callback. The application's own are
 * added by `declare module '@rollcall/client' { interface ServerToClientEvents { … } }`.
 */
export interface ServerToClientEvents extends Replies {
  connected: (data: Connected) => void;
  'user-online': (data: UserOnline) => void;
  'user-offline': (data: UserOffline) => void;
  'presence-mode': (data: PresenceMode) => void;
  authentication_error: (data: AuthenticationError) => void;
  exception: (data: Refusal) => void;
}

type Optional<E extends RequestName> = {} extends PayloadOf<E> ? true : false;
type Callback<E extends RequestName> = (answer: Answer<E>) => void;

type RequestEvents = {
  [E in RequestName]: (
    ...args:
      | [payload: PayloadOf<E>, callback?: Callback<E>]
      | (Optional<E> extends true ? [callback?: Callback<E>] : never)
  ) => void;
};

/** The events that the server understands; the application's own are added as to {@link ServerToClientEvents}. */
export interface ClientToServerEvents extends RequestEvents {}

/** How many user ids the server takes in one request, unless it is configured otherwise. */
export const MAX_BATCH = 1000;
/** How many users one connection can watch. */
export const MAX_WATCHED = 10_000;
export { MAX_USER_ID_BYTES } from './ids.js';
