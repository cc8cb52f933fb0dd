import type { Timestamp } from './contract.js';

/** The server's clock, derived from its answers: visitors' own clocks may be hours off. */
export class ServerClock {
  #aheadMs = 0;

  heard(timestamp: Timestamp | undefined): void {
    const at = Date.parse(timestamp ?? '');
    if (Number.isFinite(at)) this.#aheadMs = at - Date.now();
  }

  /** In milliseconds since 1970. The local clock until the first answer. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }
}
