/** What the heartbeat wants to know of the page; another environment can give its own. */
export interface Attention {
  /** Whether the page can be seen. */
  visible(): boolean;
  /** Calls back whenever the person does something, or turns to the page. */
  listen(active: () => void): () => void;
}

export interface HeartbeatSettings {
  intervalMs: number;
  idleMs: number;
}

const kSignsOfLife = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll', 'focus'];

/** The page in a browser; `undefined` elsewhere. */
export function pageAttention(): Attention | undefined {
  if (typeof document === 'undefined' || typeof document.addEventListener !== 'function') return undefined;
  const page = document;
  const options = { passive: true, capture: true };
  return {
    visible: () => page.visibilityState !== 'hidden',
    listen: (active) => {
      const turned = () => page.visibilityState !== 'hidden' && active();
      for (const sign of kSignsOfLife) page.addEventListener(sign, active, options);
      page.addEventListener('visibilitychange', turned);
      return () => {
        for (const sign of kSignsOfLife) page.removeEventListener(sign, active, options);
        page.removeEventListener('visibilitychange', turned);
      };
    },
  };
}

/**
 * Tells the server that the person is there: every `intervalMs` while the page is visible and something was done on it
 * within `idleMs`. Whoever comes back after a pause is announced at once.
 */
export class Heartbeat {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: (() => void) | undefined;
  #quietMs = 0;
  // The last beat was due, and was left out.
  #missed = false;

  constructor(
    private readonly attention: Attention | undefined,
    private readonly settings: HeartbeatSettings,
    private readonly beat: () => void,
  ) {}

  /** Whether the person is there. Where nobody can tell, it is assumed. */
  attended(): boolean {
    return !this.attention || (this.attention.visible() && this.#quietMs <= this.settings.idleMs);
  }

  /** Connecting is a sign of life by itself, so the first beat comes an interval later. */
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
