// Calls of the server, with the key in a header. Everything that is no good answer is a Problem.
import { Problem, problemOf } from './problems.js';

const kPatienceMs = 8000;

export class Api {
  #key;
  #fetch;

  // Addresses are relative to the page, so that it works below a proxy's path, too.
  constructor(key, { fetch = globalThis.fetch.bind(globalThis), base = '' } = {}) {
    this.#key = key;
    this.#fetch = fetch;
    this.base = base;
  }

  async json(path, signal) {
    return (await this.#ask(path, signal)).json();
  }
  async text(path, signal) {
    return (await this.#ask(path, signal)).text();
  }
  // What /readyz says; it is no problem if that is 503.
  async ready(signal) {
    try {
      return await this.json('readyz', signal);
    } catch (problem) {
      if (problem.status !== 503) throw problem;
      return { ready: false, code: problem.code, detail: problem.detail };
    }
  }

  user(userId, call, signal) {
    return this.json(`api/v1/users/${encodeURIComponent(userId)}/${call}`, signal);
  }

  // The feed from `cursor` on. No time limit: that is the reader's.
  feed(cursor, signal) {
    return this.#send('api/v1/presence/feed', { signal, headers: cursor ? { 'Last-Event-ID': cursor } : {} });
  }

  async #ask(path, signal) {
    const late = AbortSignal.timeout(kPatienceMs);
    return this.#send(path, { signal: signal ? AbortSignal.any([signal, late]) : late });
  }

  async #send(path, { signal, headers = {} }) {
    let answer;
    try {
      answer = await this.#fetch(this.base + path, {
        signal, cache: 'no-store', credentials: 'omit', headers: { ...headers, Authorization: `Bearer ${this.#key}` },
      });
    } catch (error) {
      throw new Problem({ status: 0, detail: String(error?.message ?? error) });
    }
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }
}
