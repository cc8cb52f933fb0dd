// Sorted users, filtered and paged. Pure.

const by = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byName = (a, b) => by(a.userId, b.userId);
export const kOrders = {
  name: byName,
  newest: (a, b) => by(b.connectedAt ?? '', a.connectedAt ?? '') || byName(a, b),
  oldest: (a, b) => by(a.connectedAt ?? '', b.connectedAt ?? '') || byName(a, b),
};

// Matches users (or changes) that contain the text.
export function matcher(text) {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return () => true;
  const has = (value) => typeof value === 'string' && value.toLowerCase().includes(wanted);
  return ({ userId, email, role }) => has(userId) || has(email) || has(role);
}

export class Ordered {
  #compare = byName;
  #users = [];

  get size() {
    return this.#users.length;
  }

  reset(users, order = 'name') {
    this.#compare = kOrders[order] ?? byName;
    this.#users = [...users].sort(this.#compare);
  }

  add(user) {
    this.#users.splice(this.#place(user), 0, user);
  }

  // `user` must have the fields it was added with.
  remove(user) {
    const place = this.#place(user);
    if (this.#users[place]?.userId === user.userId) this.#users.splice(place, 1);
  }

  // A `from` beyond the end gives the last page.
  page(text, from, most) {
    const users = text.trim() === '' ? this.#users : this.#users.filter(matcher(text));
    const last = Math.max(0, Math.ceil(users.length / most) - 1) * most;
    const begin = Math.min(Math.max(0, from), last);
    return { users: users.slice(begin, begin + most), begin, of: users.length };
  }

  // The index of the user, or where the user belongs.
  #place(user) {
    let low = 0;
    let high = this.#users.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#users[middle], user) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
