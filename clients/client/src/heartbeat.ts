/** What the heartbeat needs to know about the page; other environments can provide their own. */
export interface Attention {
  /** Whether the page can be seen. */
  visible(): boolean;
  /** Calls `active` whenever the user does something, or returns to the page. */
  listen(active: () => void): () => void;
}

export interface HeartbeatSettings {
  intervalMs: number;
  idleMs: number;
}

const kActivity = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll', 'focus'];

/** In a browser: the page. Elsewhere: `undefined`. */
export function pageAttention(): Attention | undefined {
  if (typeof document === 'undefined' || typeof document.addEventListener !== 'function') return undefined;
  const page = document;
  const options = { passive: true, capture: true };
  return {
    visible: () => page.visibilityState !== 'hidden',
    listen: (active) => {
      const turned = () => page.visibilityState !== 'hidden' && active();
      for (const sign of kActivity) page.addEventListener(sign, active, options);
      page.addEventListener('visibilitychange', turned);
      return () => {
        for (const sign of kActivity) page.removeEventListener(sign, active, options);
        page.removeEventListener('visibilitychange', turned);
      };
    },
  };
}

/**
 * Tells the server that the user is active: every `intervalMs` while the page is visible and the user did something within
 * `idleMs`. When the user returns after a pause, a heartbeat is sent at once.
 */
export class Heartbeat {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: (() => void) | undefined;
  #quietMs = 0;
  // The last beat was due but skipped.
  #missed = false;

  constructor(
    private readonly attention: Attention | undefined,
    private readonly settings: HeartbeatSettings,
    private readonly beat: () => void,
  ) {}

  /** Whether the user is active; assumed if it cannot be detected. */
  attended(): boolean {
    return !this.attention || (this.attention.visible() && this.#quietMs <= this.settings.idleMs);
  }

  /** Connecting already counts as activity, so the first beat comes an interval later. */
  start(): void {
    this.stop();
    if (!this.attention || this.settings.intervalMs <= 0) return;
    this.#missed = false;
    this.#stopListening = this.attention.listen(() => this.#active());
    this.#next();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #next(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#quietMs += this.settings.intervalMs;
      this.#missed = !this.attended();
      if (!this.#missed) this.beat();
      this.#next();
    }, this.settings.intervalMs);
  }

  #active(): void {
    this.#quietMs = 0;
    if (!this.#missed || !this.attended()) return;
    this.#missed = false;
    this.beat();
    this.#next();
  }
}
