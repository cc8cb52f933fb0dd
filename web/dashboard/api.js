// Requests to the server, with the key in a header. Anything but a successful answer throws a Problem.
import { Problem, problemOf } from './problems.js';

const kPatienceMs = 8000;

export class Api {
  #key;
  #fetch;

  // Addresses are relative to the page, so that it also works below a path of a proxy.
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
  // The answer of /readyz; 503 is not a Problem here.
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

  // The feed from `cursor` on. No time limit: the reader has one.
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
