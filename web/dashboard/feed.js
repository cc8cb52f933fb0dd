// Follows the feed of changes until it is stopped: resumes with its cursor after every loss.
import { EventParser } from './events.js';
import { Problem } from './problems.js';

const kSilenceMs = 45000; // the server sends something every 15 s
const kAgainMs = 2000;

const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });

export class Feed {
  #open;
  #told;
  #state;
  #pause;
  #cursor;
  #stop = null;

  // `open(cursor, signal)` returns the response to read; `told(event, data)` is called for each event;
  // `state` is called with 'connecting', 'live', 'lost' (with the problem), and finally 'refused'.
  constructor({ open, told, state, wait = pause }) {
    this.#open = open;
    this.#told = told;
    this.#state = state;
    this.#pause = wait;
  }

  get running() {
    return this.#stop !== null;
  }

  // Resumes where it was stopped.
  start() {
    if (this.running) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#follow(stop.signal);
  }

  stop() {
    this.#stop?.abort();
    this.#stop = null;
  }

  forget() {
    this.#cursor = undefined;
  }

  async #follow(signal) {
    this.#state('connecting');
    while (!signal.aborted) {
      let problem;
      try {
        await this.#read(signal);
        problem = new Problem({ status: 0, detail: 'The feed has ended' });
      } catch (error) {
        problem = error instanceof Problem ? error : new Problem({ status: 0, detail: String(error?.message ?? error) });
      }
      if (signal.aborted) return;
      this.#state(problem.final ? 'refused' : 'lost', problem);
      if (problem.final) return this.stop();
      await this.#pause(problem.retryAfterMs ?? kAgainMs, signal);
    }
  }

  async #read(signal) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), kSilenceMs);
    const text = new TextDecoder();
    const parser = new EventParser();
    try {
      const answer = await this.#open(this.#cursor, AbortSignal.any([signal, silence.signal]));
      const reader = answer.body.getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done || signal.aborted) return;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), kSilenceMs);
        this.#hear(parser.push(text.decode(value, { stream: true })));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #hear(events) {
    for (const { event, id, data } of events) {
      this.#told(event, JSON.parse(data));
      if (id) this.#cursor = id;
      if (event === 'live') this.#state('live');
    }
  }
}
