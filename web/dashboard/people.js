// The online users: filtered, sorted, one page at a time, so that the document stays small.
import { byId, element, reconcile, setText } from './dom.js';
import { count, duration } from './words.js';

const kPage = 15;

// The details next to the id.
export const detailsOf = ({ email, role }) => [email, role].filter((part) => typeof part === 'string' && part !== '').join(' · ');

export function personRow(userId, onOpen) {
  const button = element('button', 'person', element('span', 'who', userId), element('span', 'what'), element('span', 'when'));
  button.type = 'button';
  button.addEventListener('click', () => onOpen(userId));
  return element('li', '', button);
}

export function fillRow(row, what, when) {
  const [, details, time] = row.firstElementChild.children;
  setText(details, what);
  setText(time, when);
}

export class People {
  #mirror = null;
  #from = 0;
  #onExplain;
  #serverNow;
  feedState = 'connecting';

  // `serverNow()`: the server's time, as the times shown here are the server's.
  constructor({ onExplain, serverNow }) {
    this.#onExplain = onExplain;
    this.#serverNow = serverNow;
    byId('search').addEventListener('input', () => this.#turn(0));
    byId('order').addEventListener('change', () => this.#sort());
    byId('previous').addEventListener('click', () => this.#turn(this.#from - kPage));
    byId('next').addEventListener('click', () => this.#turn(this.#from + kPage));
    byId('search-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const userId = byId('search').value.trim();
      if (userId) onExplain(userId);
      else byId('search').focus();
    });
  }

  show(mirror) {
    this.#mirror = mirror;
    this.#sort();
  }

  draw() {
    if (!this.#mirror) return;
    const text = byId('search').value;
    const { users, begin, of } = this.#mirror.ordered.page(text, this.#from, kPage);
    this.#from = begin;
    const now = this.#serverNow();
    reconcile(byId('people'), users, {
      keyOf: ({ userId }) => userId,
      make: ({ userId }) => personRow(userId, this.#onExplain),
      update: (row, user) => fillRow(row, detailsOf(user), user.connectedAt ? `for ${duration((now - Date.parse(user.connectedAt)) / 1000)}` : ''),
    });
    setText(byId('people-words'), this.#words(text.trim(), of));
    byId('pager').hidden = of <= kPage;
    byId('previous').disabled = begin === 0;
    byId('next').disabled = begin + kPage >= of;
    setText(byId('page-words'), `${count(begin + 1)}–${count(begin + users.length)} of ${count(of)}`);
  }

  #words(text, found) {
    if (this.feedState === 'many') return 'Too many users are online to list them here. Enter a user id and press Explain.';
    if (this.feedState === 'settling' && text === '') return 'The server has just started: users may still be reconnecting.';
    if (found > 0) return '';
    if (text !== '') return `No matching user is online. Is “${text}” a user id? Explain says when the user was last seen.`;
    return this.feedState === 'live' ? 'Nobody is online.' : 'Not known yet.';
  }

  #sort() {
    this.#mirror?.sortBy(byId('order').value);
    byId('people').replaceChildren(); // the remaining rows would not be in the same order
    this.#turn(0);
  }

  #turn(from) {
    this.#from = from;
    this.draw();
  }
}
