import { RollcallApiError } from './errors.js';

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  event: string;
  data: string;
  /** Only if this event itself had one. */
  id: string | undefined;
}

/**
 * Parses a `text/event-stream` that arrives in arbitrary pieces. Throws if an event is longer than `maxChars`, so that no peer can
 * fill our memory.
 */
export class EventStreamParser {
  /** The pause before reconnecting that the server asks for. */
  retryMs: number | undefined;
  #rest = '';
  #skipLineFeed = false;
  #first = true;
  #event = '';
  #data: string[] = [];
  #chars = 0;
  #id: string | undefined;

  constructor(private readonly maxChars = 8 * 1024 * 1024) {}

  push(chunk: string): StreamEvent[] {
    if (chunk === '') return [];
    const events: StreamEvent[] = [];
    const text = this.#rest + this.#begin(chunk);
    const breaks = /\r\n?|\n/g;
    let from = 0;
    for (let found = breaks.exec(text); found; found = breaks.exec(text)) {
      const event = this.#line(text.slice(from, found.index));
      if (event) events.push(event);
      from = breaks.lastIndex;
    }
    this.#skipLineFeed = from > 0 && from === text.length && text.endsWith('\r');
    this.#rest = text.slice(from);
    this.#check(this.#chars + this.#rest.length);
    return events;
  }

  // Skips a byte order mark at the very beginning, and the line feed of a CR LF that was split between pieces.
  #begin(chunk: string): string {
    const skip = (this.#first && chunk.startsWith('\uFEFF')) || (this.#skipLineFeed && chunk.startsWith('\n'));
    this.#first = false;
    return skip ? chunk.slice(1) : chunk;
  }

  #line(line: string): StreamEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#add(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) this.retryMs = Number(value);
    return undefined;
  }

  #add(value: string): void {
    this.#data.push(value);
    this.#chars += value.length + 1;
    this.#check(this.#chars);
  }

  #dispatch(): StreamEvent | undefined {
    const event = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    const any = this.#data.length > 0;
    this.#event = '';
    this.#data = [];
    this.#chars = 0;
    this.#id = undefined;
    return any ? event : undefined;
  }

  #check(chars: number): void {
    if (chars > this.maxChars) throw new RollcallApiError('BAD_ANSWER', `An event of the feed is longer than ${this.maxChars} characters`);
  }
}
