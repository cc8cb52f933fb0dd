import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import type { AuthCode, AuthenticationError, Connected, Timestamp } from './contract.js';
import { asRollcallError, RollcallError } from './errors.js';
import { badArgument, described } from './ids.js';
import type { AnySocket } from './requests.js';
import { Settling } from './settling.js';
import { Value } from './store.js';
import type { TokenKeeper } from './token.js';

export interface ConnectionState {
  /**
   * `idle`: not started, or ended by `disconnect()`. `connecting`: for the first time, or automatically after a loss.
   * `awaiting-token`: `getToken` failed, and is retried. `refused`: the server refused the connection; with `getToken` this is
   * retried. `closed`: ended by `close()` or by the server.
   */
  readonly status: 'idle' | 'connecting' | 'connected' | 'awaiting-token' | 'refused' | 'closed';
  /** From the server's `connected` event; `null` before. */
  readonly userId: string | null;
  readonly socketId: string | null;
  /** Whether the previous session was recovered. */
  readonly recovered: boolean;
  /**
   * Whether the states are the last known ones, about to be updated: for up to `settleMs` (10 s) after a loss, and while the users
   * of a server that has just started reconnect.
   */
  readonly settling: boolean;
  readonly error: RollcallError | null;
}

export type SocketSettings = Partial<ManagerOptions & SocketOptions>;

export interface Destination {
  url: string | URL | undefined;
  namespace: string;
  token: string | undefined;
  io: SocketSettings;
  /** How long the last known state is kept. */
  settleMs: number;
}

/** Adds the namespace to an address without a path. A path already names the namespace. */
export function addressOf(given: unknown, namespace: string): string {
  if (given === undefined || given === null || given === '') return namespace;
  const url = given instanceof URL ? given.href : given;
  if (typeof url !== 'string' || !/^((https?|wss?):\/\/[^/?#]|\/)/i.test(url)) {
    const meant = typeof url === 'string' && /^[\w.-]+(:\d+)?(\/|$)/.test(url) ? `: did you mean ${JSON.stringify(`http://${url}`)}?` : '';
    throw badArgument(`createRollcall({ url }) must begin with http:// or https://, got ${described(url)}${meant}`);
  }
  return /^[a-z]+:\/\/[^/?#]+\/?$/i.test(url) ? url.replace(/\/$/, '') + namespace : url;
}

type Open = (address: string, settings: SocketSettings) => AnySocket;

export interface ConnectionPorts {
  up(recovered: boolean): void;
  greeted(serverTime: Timestamp): void;
  /** The connection belongs to another user than the previous one. */
  otherUser(): void;
  /** By now the server knows who is online. */
  settled(): void;
  down(): void;
  failed(error: RollcallError): void;
}

const kFirstRetryMs = 1000;
const kLastRetryMs = 60_000;
const kIdle: ConnectionState = { status: 'idle', userId: null, socketId: null, recovered: false, settling: false, error: null };

/** A socket, ours or the application's, and the state of its connection. */
export class Connection {
  readonly state = new Value<ConnectionState>(kIdle);
  readonly socket: AnySocket;
  readonly #ours: boolean;
  readonly #handlers: [event: string, handler: (...args: never[]) => void][];
  readonly #settling: Settling;
  // Only the latest call of getToken counts.
  #attempt = 0;
  #refusedBefore = false;
  #retryMs = kFirstRetryMs;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    given: AnySocket | undefined,
    private readonly destination: Destination,
    private readonly tokens: TokenKeeper,
    private readonly ports: ConnectionPorts,
    open: Open = io,
  ) {
    this.#settling = new Settling(destination.settleMs, {
      changed: (settling) => this.#set({ settling }),
      over: () => this.ports.settled(),
    });
    this.#ours = given === undefined;
    this.socket = given ?? this.#make(open);
    this.#handlers = [
      ['connect', () => this.#up()],
      ['connected', (hello: Connected) => this.#greeted(hello)],
      ['disconnect', (reason: string) => this.#down(reason)],
      ['connect_error', (error: Error) => this.#connectError(error)],
      ['authentication_error', (error: AuthenticationError) => this.#expired(error)],
    ];
  }

  /** Starts listening. A socket of the application may be connected already. */
  begin(): void {
    for (const [event, handler] of this.#handlers) this.socket.on(event, handler);
    if (this.socket.connected) this.#up();
    else if (this.socket.active) this.#set({ status: 'connecting' });
  }

  /** Whether the server, or this client after a loss, may not know yet who is online. */
  get settling(): boolean {
    return this.#settling.now;
  }

  connect(): void {
    if (this.#closed || this.socket.connected || this.socket.active) return;
    clearTimeout(this.#retry);
    this.#set({ status: 'connecting' });
    this.socket.connect();
  }

  /** Back to the state before the first use. Does nothing if the socket belongs to the application. */
  disconnect(): void {
    if (this.#closed || !this.#ours) return;
    clearTimeout(this.#retry);
    this.#attempt += 1;
    this.#refusedBefore = false;
    this.#retryMs = kFirstRetryMs;
    this.socket.disconnect();
    this.#settling.end();
    this.state.set(kIdle);
  }

  /** Closes the connection if it is ours. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#settling.end();
    for (const [event, handler] of this.#handlers) this.socket.off(event, handler);
    if (this.#ours) this.socket.disconnect();
    this.#set({ status: 'closed' });
  }

  #make(open: Open): AnySocket {
    const { url, namespace, token, io: settings } = this.destination;
    const auth = token === undefined ? settings.auth : { token };
    return open(addressOf(url, namespace), {
      ...settings,
      autoConnect: false,
      ...(this.tokens.canRenew ? { auth: (give) => void this.#authenticate(give) } : auth && { auth }),
    });
  }

  async #authenticate(give: (auth: object) => void): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    const late = (): boolean => this.#closed || attempt !== this.#attempt;
    try {
      const token = await this.tokens.get(this.#refusedBefore ? 'refused' : 'connect');
      if (late()) return;
      this.tokens.used(token);
      give({ token });
    } catch (error) {
      if (late()) return;
      // Do not leave the connection waiting for a token: the server would wait, too.
      this.socket.disconnect();
      this.#refuse(asRollcallError(error));
    }
  }

  #up(): void {
    const recovered = this.socket.recovered === true;
    this.#refusedBefore = false;
    this.#retryMs = kFirstRetryMs;
    this.#set({ status: 'connected', socketId: this.socket.id ?? null, recovered, error: null });
    this.ports.up(recovered);
  }

  #greeted({ userId, timestamp, settlingMs = 0 }: Connected): void {
    const before = this.state.get().userId;
    this.#set({ userId });
    if (before !== null && before !== userId) this.ports.otherUser();
    this.ports.greeted(timestamp);
    this.#settling.greeted(settlingMs);
  }

  #down(reason: string): void {
    const again = this.socket.active;
    if (again) this.#settling.lost();
    else this.#settling.end();
    this.#set({ status: again ? 'connecting' : 'closed' });
    this.ports.down();
    if (!again && reason === 'io server disconnect') {
      this.ports.failed(new RollcallError('DISCONNECTED', 'The server closed the connection; connect() opens a new one'));
    }
  }

  #connectError(error: Error): void {
    // The transport could not be opened: socket.io-client keeps trying.
    if (this.socket.active) {
      this.#set({ status: 'connecting', error: new RollcallError('CONNECTION_REFUSED', error.message, error) });
      return;
    }
    const { code, details } = ((error as { data?: unknown }).data ?? {}) as Partial<AuthenticationError>;
    const message = details ? `${error.message}: ${details}` : error.message;
    this.#refuse(new RollcallError(code ?? 'CONNECTION_REFUSED', message, error));
  }

  // socket.io-client does not retry after a refusal; another token may be accepted.
  #refuse(error: RollcallError): void {
    this.#set({ status: error.code === 'TOKEN_UNAVAILABLE' ? 'awaiting-token' : 'refused', error });
    this.ports.failed(error);
    if (!this.#ours || !this.tokens.canRenew) return;
    const isToken = (['INVALID_TOKEN', 'TOKEN_EXPIRED', 'MISSING_AUTH_TOKEN'] as AuthCode[]).some((c) => c === error.code);
    const atOnce = isToken && !this.#refusedBefore;
    this.#refusedBefore ||= isToken;
    this.#retry = setTimeout(() => this.#again(), atOnce ? 0 : this.#retryMs * (0.75 + Math.random() / 2));
    if (!atOnce) this.#retryMs = Math.min(this.#retryMs * 2, kLastRetryMs);
  }

  // The status does not change until the attempt succeeds, so that it does not flicker.
  #again(): void {
    if (!this.#closed && !this.socket.connected && !this.socket.active) this.socket.connect();
  }

  // Arrives just before the server closes the transport. The reconnect then uses a new token.
  #expired({ code, details }: AuthenticationError): void {
    this.#refusedBefore = true;
    if (!this.tokens.canRenew) this.ports.failed(new RollcallError(code, details));
  }

  #set(change: Partial<ConnectionState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
