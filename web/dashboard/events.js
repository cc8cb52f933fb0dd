// Parses server-sent events from text that arrives in pieces. Pure.

const kMostChars = 16 * 1024 * 1024; // of one event; the largest ones have 500 users

export class EventParser {
  #text = '';

  // Returns the events that this piece completes, in order: {event, id, data}, data as text.
  push(piece) {
    const blocks = (this.#text + piece).split('\n\n');
    this.#text = blocks.pop();
    if (this.#text.length > kMostChars) throw new Error('an event of the feed is too long');
    return blocks.map(eventOf).filter((event) => event !== null);
  }
}

// Null for comments, and for events without data.
function eventOf(block) {
  const fields = { event: 'message', id: undefined, data: undefined };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon);
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
    else if (name === 'event' || name === 'id') fields[name] = value;
  }
  return fields.data === undefined ? null : fields;
}
