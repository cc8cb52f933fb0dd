// The online users, from the events of the feed (docs/feed-and-webhooks.md). Pure.
import { Ordered } from './ordered.js';

export class Mirror {
  users = new Map();
  ordered = new Ordered();
  #order = 'name';
  #coming = new Map(); // the snapshot being read; the current state stays until it is complete
  #ofAnotherStart = false; // whether the server may have restarted, and forgotten who was online
  #held = new Set(); // ids in `users` that were online before the server restarted, and may still reconnect

  // Returns what happened: {kind: 'change', ...} (`new` unless already known), {kind: 'live', resumed, settlingMs},
  // {kind: 'reset', reason}, or null.
  apply(event, data) {
    switch (event) {
      case 'reset':
        this.#coming = new Map();
        this.#ofAnotherStart = data.reason !== 'fell-behind';
        return { kind: 'reset', reason: data.reason };
      case 'snapshot':
        for (const user of data.users) this.#coming.set(user.userId, user);
        return null;
      case 'live':
        if (!data.resumed) this.#replace({ hold: data.settlingMs > 0 && this.#ofAnotherStart });
        return { kind: 'live', resumed: data.resumed === true, settlingMs: data.settlingMs ?? 0 };
      case 'user-online':
      case 'user-offline':
        return this.#change(data);
      default:
        return null;
    }
  }

  sortBy(order) {
    this.#order = order;
    this.ordered.reset(this.users.values(), order);
  }

  clear() {
    this.#coming = new Map();
    this.#replace({ hold: false });
  }

  // By now the server knows who is online: held users who did not reconnect are offline. Returns the changes.
  settled(timestamp) {
    const held = this.#held;
    this.#held = new Set();
    return [...held].map((userId) => this.#change({ userId, online: false, timestamp }));
  }

  #replace({ hold }) {
    this.#held.clear();
    if (hold) this.#hold();
    this.users = this.#coming;
    this.#coming = new Map();
    this.sortBy(this.#order);
  }

  #hold() {
    for (const [userId, user] of this.users) {
      if (this.#coming.has(userId)) continue;
      this.#coming.set(userId, user);
      this.#held.add(userId);
    }
  }

  #change(data) {
    this.#held.delete(data.userId);
    const known = this.users.get(data.userId);
    if (known) this.ordered.remove(known);
    if (data.online) {
      this.users.set(data.userId, data);
      this.ordered.add(data);
    } else {
      this.users.delete(data.userId);
    }
    const { userId, online, timestamp } = data;
    // user-offline has only the id: the other fields come from the mirror.
    const { email = null, role = null, connectedAt = null } = data.online ? data : (known ?? {});
    return { kind: 'change', new: (known !== undefined) !== online, userId, online, timestamp, email, role, connectedAt };
  }
}
