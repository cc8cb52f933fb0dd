// The events of a rollcall server, as types: its requests, replies and broadcasts.
// The names are those of docs/protocol.md; a test compares the two.

/** ISO-8601, UTC, with milliseconds, by the server's clock: `2026-01-04T12:34:56.789Z`. */
export type Timestamp = string;

export interface UserStatus {
  userId: string;
  online: boolean;
  /** The user's last activity; for an offline user: when the user was last seen. `null`: never seen. */
  lastActive: Timestamp | null;
  /** When the current session began; `null` while offline. */
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
  /** In the order of the request, including duplicates. */
  statuses: UserStatus[];
  timestamp: Timestamp;
}

export interface OnlineUsersPage {
  users: OnlineUser[];
  /** The total number of users online, over all pages. */
  count: number;
  timestamp: Timestamp;
  /** Pass it as `cursor` to get the next page; missing on the last page. */
  nextCursor?: string;
}

type Nothing = Record<string, never>;

/** The requests: payload, reply event, and the reply's data. */
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
    /** `count`: the number of users that this connection still watches. */
    data: { count: number; timestamp: Timestamp };
  };
  'refresh-token': {
    payload: { token: string };
    reply: 'token-refreshed';
    /** `expiresAt`: `null` if the new token does not expire. */
    data: { expiresAt: Timestamp | null; timestamp: Timestamp };
  };
}

export type RequestName = keyof Requests;
export type PayloadOf<E extends RequestName> = Requests[E]['payload'];
export type DataOf<E extends RequestName> = Requests[E]['data'];

/** Why the server refused a request. */
export type RefusalCode =
  | 'INVALID_PAYLOAD'
  | 'TOO_MANY_USERS'
  | 'RATE_LIMITED'
  | 'UNKNOWN_EVENT'
  | 'FORBIDDEN'
  | 'INTERNAL';

/** Why the server refused or closed a connection. */
export type AuthCode = 'MISSING_AUTH_TOKEN' | 'INVALID_TOKEN' | 'TOKEN_EXPIRED' | 'TOO_MANY_CONNECTIONS';

export interface Refusal {
  status: 'error';
  code: RefusalCode;
  /** A description; for `INVALID_PAYLOAD`: which field is wrong, and why. */
  message: string;
}

/** The argument of a request's acknowledgement callback. */
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
  /** Whether the session was recovered, with its subscriptions and missed events. */
  recovered: boolean;
  /** If the server has just started: how much longer its users may need to reconnect. */
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

/** `batched`: there are so many changes that they are sent together, up to about `windowMs` late. */
export interface PresenceMode {
  mode: 'live' | 'batched';
  windowMs: number;
  timestamp: Timestamp;
}

type Replies = { [E in RequestName as Requests[E]['reply']]: (data: DataOf<E>) => void };

/**
 * The events from the server. Replies arrive as events if the request had no callback. Add the application's own events by
 * `declare module '@rollcall/client' { interface ServerToClientEvents { … } }`.
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

/** The events to the server. Add the application's own events as with {@link ServerToClientEvents}. */
export interface ClientToServerEvents extends RequestEvents {}

/** The number of user ids the server accepts in one request, unless configured otherwise. */
export const MAX_BATCH = 1000;
/** The number of users that one connection can watch. */
export const MAX_WATCHED = 10_000;
export { MAX_USER_ID_BYTES } from './ids.js';
