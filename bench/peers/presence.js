// Who is online, and the answers to presence requests: shared by all peers, which only connect it to a transport.
import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';

export const kNamespace = '/ws/messages';
const kMaxIds = 1000;
const kMaxList = 10000;
const kRemembered = 100000;

export class RequestError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

// A token's claims, or the error for CONNECT_ERROR.
export class Authenticator {
  #key;

  constructor(secret) {
    this.#key = createSecretKey(Buffer.from(secret));
  }

  claims(handshake) {
    const token = handshake.auth.token ?? handshake.query.token;
    if (typeof token !== 'string' || token === '') throw refusal('MISSING_AUTH_TOKEN', 'no token was given');
    try {
      const claims = jwt.verify(token, this.#key, { algorithms: ['HS256'], clockTolerance: 5 });
      if (typeof claims.sub === 'string' && claims.sub !== '') return claims;
    } catch (error) {
      throw refusal(error.name === 'TokenExpiredError' ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN', error.message);
    }
    throw refusal('INVALID_TOKEN', 'sub is missing');
  }
}

function refusal(code, details) {
  return Object.assign(new Error('Authentication failed'), { data: { code, details, timestamp: now() } });
}

export const now = () => new Date().toISOString();

export class Presence {
  #users = new Map(); // id -> {view, connections, grace}
  #lastSeen = new Map();
  #graceMs;
  #broadcast;
  #tellOffline;

  // `tellOffline(payload)` is called when a user's last connection is gone: at once after a goodbye, otherwise after the grace.
  constructor({ graceMs, broadcast }, tellOffline) {
    this.#graceMs = graceMs;
    this.#broadcast = broadcast;
    this.#tellOffline = tellOffline;
  }

  // What to tell the others, if anything.
  connect({ sub, email = null, role = null }) {
    const timestamp = now();
    const user = this.#users.get(sub);
    if (user) {
      ++user.connections;
      user.view.lastActive = timestamp;
      clearTimeout(user.grace);
      return undefined;
    }
    const view = { userId: sub, email, role, connectedAt: timestamp, lastActive: timestamp };
    this.#users.set(sub, { view, connections: 1, grace: undefined });
    return this.#broadcast ? { userId: sub, online: true, timestamp } : undefined;
  }

  disconnect(userId, saidGoodbye) {
    const user = this.#users.get(userId);
    if (--user.connections > 0) return;
    if (saidGoodbye || this.#graceMs === 0) this.#end(user);
    else user.grace = setTimeout(() => this.#end(user), this.#graceMs);
  }

  #end(user) {
    const { userId, lastActive } = user.view;
    this.#users.delete(userId);
    this.#lastSeen.delete(userId);
    this.#lastSeen.set(userId, lastActive);
    if (this.#lastSeen.size > kRemembered) this.#lastSeen.delete(this.#lastSeen.keys().next().value);
    if (this.#broadcast) this.#tellOffline({ userId, online: false, timestamp: now(), lastActive });
  }

  status(userId) {
    const user = this.#users.get(userId);
    return {
      userId,
      online: user !== undefined,
      lastActive: user?.view.lastActive ?? this.#lastSeen.get(userId) ?? null,
      connectedAt: user?.view.connectedAt ?? null,
    };
  }

  // The acknowledgement of a request of `from`.
  answer(from, event, payload) {
    const timestamp = now();
    this.#users.get(from).view.lastActive = timestamp;
    try {
      return { status: 'ok', event: kReplies[event], data: this.#data(event, payload, timestamp) };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { status: 'error', code: error.code, message: error.message };
    }
  }

  #data(event, payload, timestamp) {
    switch (event) {
      case 'check-user-status':
        return { ...this.status(checkedId(payload?.userId)), timestamp };
      case 'check-users-status':
        return { statuses: checkedIds(payload?.userIds).map((id) => this.status(id)), timestamp };
      case 'get-online-users':
        return { users: this.#list(), count: this.#users.size, timestamp };
      case 'heartbeat':
        return { timestamp, lastActive: timestamp };
    }
  }

  #list() {
    const views = [];
    for (const { view } of this.#users.values()) {
      if (views.push(view) === kMaxList) break;
    }
    return views;
  }
}

// Each request, and the event that answers it without an acknowledgement.
export const kReplies = {
  'check-user-status': 'user-status',
  'check-users-status': 'users-status',
  'get-online-users': 'online-users',
  heartbeat: 'heartbeat-ack',
};

function checkedId(id) {
  if (typeof id !== 'string' || id === '') throw new RequestError('INVALID_PAYLOAD', 'userId must be a string that is not empty');
  return id;
}

function checkedIds(ids) {
  if (!Array.isArray(ids)) throw new RequestError('INVALID_PAYLOAD', 'userIds must be an array');
  if (ids.length > kMaxIds) throw new RequestError('TOO_MANY_USERS', `userIds may hold ${kMaxIds} ids`);
  return ids.map(checkedId);
}
