import { failure, RollcallApiError, refusal } from './errors.js';

/** The server's address, and the key to use it. */
export interface AccessOptions {
  /** The server, `https://presence.example.com`; a path before `/api/v1` may be part of it. */
  url: string;
  /** A key whose digest is in the server's `api.keys`: `rollcall key` generates one. */
  apiKey: string;
  /** Timeout of a request. Default: 10,000 ms. */
  requestTimeoutMs?: number;
  /** Replaces Node's own, for a proxy or client certificates. */
  fetch?: typeof globalThis.fetch;
}

/** Requests with the key, to paths under `/api/v1`. Anything but 2xx throws an error that names the address and the reason. */
export class Access {
  readonly #base: string;
  readonly #apiKey: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly requestTimeoutMs: number;

  constructor(options: AccessOptions) {
    this.#base = checkedUrl(options.url);
    this.#apiKey = checkedKey(options.apiKey);
    this.requestTimeoutMs = options.requestTimeoutMs ?? 10_000;
    this.#fetch = options.fetch ?? globalThis.fetch;
  }

  address(path: string): string {
    return `${this.#base}/api/v1${path}`;
  }

  /** Resolves with the answer as soon as its headers have arrived. */
  async open(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    const what = `${init.method ?? 'GET'} ${this.address(path)}`;
    const headers = { Authorization: `Bearer ${this.#apiKey}`, ...init.headers };
    try {
      // No redirects: the key must only be sent to the configured address.
      const response = await this.#fetch(this.address(path), { redirect: 'manual', ...init, headers });
      if (!response.ok) throw await refusal(what, response);
      return response;
    } catch (error) {
      throw failure(what, error);
    }
  }

  async ask<T>(method: 'GET' | 'POST', path: string, body?: string): Promise<T> {
    const signal = AbortSignal.timeout(this.requestTimeoutMs);
    const content = body === undefined ? {} : { body };
    const headers = { Accept: 'application/json', ...(body !== undefined && { 'Content-Type': 'application/json' }) };
    const what = `${method} ${this.address(path)}`;
    const response = await this.open(path, { method, headers, signal, ...content });
    let text;
    try {
      text = await response.text();
    } catch (error) {
      throw failure(what, error);
    }
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new RollcallApiError('BAD_ANSWER', `${what}: the answer is not JSON`, response.status, undefined, error);
    }
  }
}

function checkedUrl(url: unknown): string {
  let parsed: URL | undefined;
  try {
    parsed = new URL(String(url));
  } catch {
    // Reported below.
  }
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search || parsed.hash || parsed.username) {
    throw new TypeError(`url must be the server's address, like https://presence.example.com, got ${JSON.stringify(url)}`);
  }
  return parsed.href.replace(/\/+$/, '');
}

// The error never shows the key itself.
function checkedKey(apiKey: unknown): string {
  if (typeof apiKey === 'string' && /^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  const got = typeof apiKey === 'string' && apiKey !== '' ? 'a text with other characters' : apiKey === '' ? 'an empty text' : typeof apiKey;
  throw new TypeError(`apiKey must be a key of the server's api.keys (rollcall key generates one): visible ASCII, got ${got}`);
}
