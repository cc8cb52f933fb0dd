// Changes as they happen: newest first, bounded, filtered by text, paused on request.
import { byId, element, reconcile, setText } from './dom.js';
import { matcher } from './ordered.js';
import { detailsOf, fillRow, personRow } from './people.js';
import { clock, count, dayAndClock } from './words.js';

const kKept = 1000;
const kShown = 50;
const kNotes = {
  'cursor-unknown': 'The server restarted: the list of online users was reloaded.',
  'fell-behind': 'Too many changes were missed: the list of online users was reloaded.',
};

export class Changes {
  #entries = []; // the newest last
  #serial = 0;
  #held = null; // the entries when the list was paused
  #heldAt = 0; // the serial then
  #onExplain;
  feedState = 'connecting';

  constructor({ onExplain }) {
    this.#onExplain = onExplain;
    byId('changes-filter').addEventListener('input', () => this.draw());
    byId('hold').addEventListener('click', () => this.#hold(this.#held === null));
  }

  clear() {
    this.#entries = [];
    this.#hold(false);
  }

  add(change) {
    this.#put({ ...change, key: String(++this.#serial) });
  }

  // Shows a reset of the feed as one more line.
  note(reason) {
    if (kNotes[reason]) this.#put({ note: kNotes[reason], timestamp: Date.now(), key: String(++this.#serial) });
  }

  draw() {
    const text = byId('changes-filter').value;
    const fits = matcher(text);
    const entries = (this.#held ?? this.#entries).filter((entry) => (entry.note ? text.trim() === '' : fits(entry)));
    reconcile(byId('changes'), entries.slice(-kShown).reverse(), {
      keyOf: ({ key }) => key,
      make: (entry) => this.#row(entry),
    });
    setText(byId('changes-words'), this.#words(entries.length, text.trim()));
  }

  #row(entry) {
    if (entry.note) return element('li', 'note', `${clock(entry.timestamp)} · ${entry.note}`);
    const row = personRow(entry.userId, this.#onExplain);
    row.className = entry.online ? 'came' : 'went';
    const words = detailsOf(entry);
    fillRow(row, `${entry.online ? 'came online' : 'went offline'}${words ? ` · ${words}` : ''}`, dayAndClock(entry.timestamp));
    return row;
  }

  #words(found, text) {
    const waiting = this.#held ? this.#serial - this.#heldAt : 0;
    if (waiting > 0) return `Paused: ${count(waiting)} more since.`;
    if (found > kShown) return `The newest ${kShown} of ${count(found)}${this.#serial > kKept ? '; older ones are not kept' : ''}.`;
    if (found > 0) return '';
    if (this.feedState === 'many') return 'Too many users are online to follow their changes here.';
    return text === '' ? 'No changes since this page was opened.' : 'No matching changes since this page was opened.';
  }

  #put(entry) {
    this.#entries.push(entry);
    if (this.#entries.length > kKept * 1.1) this.#entries = this.#entries.slice(-kKept);
  }

  #hold(held) {
    this.#held = held ? [...this.#entries] : null;
    this.#heldAt = this.#serial;
    byId('hold').setAttribute('aria-pressed', String(held));
    setText(byId('hold'), held ? 'Resume' : 'Pause');
    this.draw();
  }
}
