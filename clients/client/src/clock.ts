import type { Timestamp } from './contract.js';

/** The server's clock, as its answers tell it: visitors' own clocks may be hours off. */
export class ServerClock {
  #aheadMs = 0;

  heard(timestamp: Timestamp | undefined): void {
    const at = Date.parse(timestamp ?? '');
    if (Number.isFinite(at)) this.#aheadMs = at - Date.now();
  }

  /** In milliseconds since 1970. Until the server has said anything, our own. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }
}
