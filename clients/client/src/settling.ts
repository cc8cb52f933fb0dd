/**
 * Whether the known states may be outdated: after a loss, and while the users of a server that has just started reconnect.
 * Bounded by `settleMs` each time; 0: never.
 */
export class Settling {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #now = false;

  constructor(
    private readonly settleMs: number,
    private readonly ports: { changed(settling: boolean): void; over(): void },
  ) {}

  get now(): boolean {
    return this.#now;
  }

  lost(): void {
    this.#begin(this.settleMs);
  }

  /** `settlingMs`: how much longer the server's users may need to reconnect; 0: it knows who is online. */
  greeted(settlingMs: number): void {
    if (settlingMs > 0 && this.settleMs > 0) this.#begin(Math.min(settlingMs, this.settleMs));
    else this.end();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#set(false);
    this.ports.over();
  }

  #begin(ms: number): void {
    clearTimeout(this.#timer);
    if (ms <= 0) return;
    this.#timer = setTimeout(() => this.end(), ms);
    this.#set(true);
  }

  #set(settling: boolean): void {
    if (settling === this.#now) return;
    this.#now = settling;
    this.ports.changed(settling);
  }
}
