/**
 * Whether what is known may be of before: after a loss, and while a server that has just started waits for its users to
 * come back. Bounded by `settleMs` each time; 0: never.
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

  /** The server says for how long yet its users may be on their way; 0: it knows who is online. */
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
