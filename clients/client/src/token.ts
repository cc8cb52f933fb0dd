import type { Timestamp } from './contract.js';
import { asRollcallError, RollcallError } from './errors.js';
import { described } from './ids.js';

/**
 * Why a token is needed: to connect; because the current one expires soon; or because the server refused the previous one, so
 * that a cached one will not do.
 */
export type TokenReason = 'connect' | 'expiring' | 'refused';

export type GetToken = (reason: TokenReason) => string | Promise<string>;

/** When a JWT expires, in milliseconds since 1970; `undefined` without `exp`, or if it is not a JWT. Nothing is verified. */
export function expiryOf(token: string): number | undefined {
  try {
    const payload = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

const looksLikeAToken = (text: string) => /[\w.+/=~-]{16}/.test(text);

// Describes an HTML page instead of a token, or the text of an error.
function textThatIsNoToken(text: string): string {
  if (text.startsWith('<')) return 'an HTML page, not a token: is /api proxied?';
  if (/^[{["]/.test(text)) return 'JSON, not a token: return the token inside it';
  return `${looksLikeAToken(text) ? 'a text' : `the text ${described(text)}`}, not a token: check response.ok before you read it`;
}

// A server with its own Verifier may accept tokens that are not JWTs, but a header cannot carry one with white space.
const isToken = (text: string) => /^(Bearer +)?[^\s<{["]\S*$/i.test(text);

function checkedToken(given: unknown): string {
  const token = typeof given === 'string' ? given.trim() : given;
  if (typeof token === 'string' && isToken(token)) return token;
  let got = described(token);
  if (token === undefined || token === '') got = 'nothing';
  else if (typeof token === 'string') got = textThatIsNoToken(token);
  else if (typeof (token as { token?: unknown } | null)?.token === 'string') got = 'an object, not a token: return its field token';
  throw new RollcallError('TOKEN_UNAVAILABLE', `getToken returned ${got}`);
}

const kLongestTimerMs = 2 ** 31 - 1;
const kLeadMs = 60_000;
const kBetweenTriesMs = 10_000;

export interface TokenPorts {
  refresh(token: string): Promise<{ expiresAt: Timestamp | null }>;
  failed(error: RollcallError): void;
}

/** Gets tokens from the application, and extends the connection with a new one before the old one expires. */
export class TokenKeeper {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #expiresAt: number | undefined;
  // How far the server's clock is ahead of ours.
  #aheadMs = 0;

  constructor(
    private readonly getToken: GetToken | undefined,
    private readonly ports: TokenPorts,
  ) {}

  get canRenew(): boolean {
    return this.getToken !== undefined;
  }

  async get(reason: TokenReason): Promise<string> {
    try {
      return checkedToken(await this.getToken!(reason));
    } catch (error) {
      if (error instanceof RollcallError) throw error;
      throw new RollcallError('TOKEN_UNAVAILABLE', `getToken failed: ${(error as Error)?.message ?? error}`, error);
    }
  }

  /** The connection was opened with this token. */
  used(token: string): void {
    this.#expiresAt = expiryOf(token);
  }

  connected(serverTime: Timestamp): void {
    this.#running = true;
    this.#aheadMs = Date.parse(serverTime) - Date.now() || 0;
    this.#plan();
  }

  /** The server accepted this token while the connection was open. */
  extended(expiresAt: Timestamp | null): void {
    this.#expiresAt = expiresAt === null ? undefined : Date.parse(expiresAt);
    this.#plan();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  #plan(notBeforeMs = 0): void {
    clearTimeout(this.#timer);
    if (!this.#running || !this.getToken || this.#expiresAt === undefined) return;
    const leftMs = this.#expiresAt - Date.now() - this.#aheadMs;
    // A minute before expiry, or for a short-lived token when a fifth of its lifetime is left.
    const dueMs = Math.max(leftMs - Math.min(kLeadMs, leftMs / 5), notBeforeMs);
    // After expiry the server closes the connection, and the reconnect uses a new token.
    if (leftMs <= 0 || dueMs >= leftMs) return;
    const early = dueMs > kLongestTimerMs;
    this.#timer = setTimeout(() => (early ? this.#plan() : void this.#renew()), Math.min(dueMs, kLongestTimerMs));
  }

  async #renew(): Promise<void> {
    try {
      const token = await this.get('expiring');
      const { expiresAt } = await this.ports.refresh(token);
      this.#expiresAt = expiresAt === null ? undefined : Date.parse(expiresAt);
    } catch (error) {
      if (this.#running) this.ports.failed(asRollcallError(error));
    }
    this.#plan(kBetweenTriesMs);
  }
}
