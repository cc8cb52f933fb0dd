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
   * `idle`: not begun, or ended by `disconnect()`. `connecting`: for the first time, or again after a loss; by itself.
   * `awaiting-token`: `getToken` failed, and is asked again. `refused`: the server did not let us in; it is tried again if
   * there is a `getToken`. `closed`: it was ended, by `close()` or by the server.
   */
  readonly status: 'idle' | 'connecting' | 'connected' | 'awaiting-token' | 'refused' | 'closed';
  /** As the server greeted us; `null` before. */
  readonly userId: string | null;
  readonly socketId: string | null;
  /** Whether the session was taken up where the last connection left it. */
  readonly recovered: boolean;
  /**
   * Whether what is shown is the last that was known, and soon known better: for up to `settleMs` (10 s) after a loss, and
   * while a server that has just started waits for its users to come back.
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

/** An address without a path is the server's, and gets the namespace; one with a path names it itself. */
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
  /** The connection is another user's than the one before. */
  otherUser(): void;
  /** By now the server knows who is online. */
  settled(): void;
  down(): void;
  failed(error: RollcallError): void;
}

const kFirstRetryMs = 1000;
const kLastRetryMs = 60_000;
const kIdle: ConnectionState = { status: 'idle', userId: null, socketId: null, recovered: false, settling: false, error: null };

/** A socket, ours or the application's, and what is known of its connection. */
export class Connection {
  readonly state = new Value<ConnectionState>(kIdle);
  readonly socket: AnySocket;
  readonly #ours: boolean;
  readonly #handlers: [event: string, handler: (...args: never[]) => void][];
  readonly #settling: Settling;
  // Which call of getToken counts: the last one.
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

  /** Begins to listen: a socket that was given may be connected already. */
  begin(): void {
    for (const [event, handler] of this.#handlers) this.socket.on(event, handler);
    if (this.socket.connected) this.#up();
    else if (this.socket.active) this.#set({ status: 'connecting' });
  }

  /** Whether the server, or we after a loss, may not know yet who is online. */
  get settling(): boolean {
    return this.#settling.now;
  }

  connect(): void {
    if (this.#closed || this.socket.connected || this.socket.active) return;
    clearTimeout(this.#retry);
    this.#set({ status: 'connecting' });
    this.socket.connect();
  }

  /** As before the first use. Nothing if the socket is the application's. */
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

  /** Ends the connection if it is ours. */
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
      // Not to be left waiting for a token: the server would wait, too.
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
      this.ports.failed(new RollcallError('DISCONNECTED', 'The server ended the connection; connect() begins another'));
    }
  }

  #connectError(error: Error): void {
    // The transport could not be opened: socket.io-client goes on trying.
    if (this.socket.active) {
      this.#set({ status: 'connecting', error: new RollcallError('CONNECTION_REFUSED', error.message, error) });
      return;
    }
    const { code, details } = ((error as { data?: unknown }).data ?? {}) as Partial<AuthenticationError>;
    const message = details ? `${error.message}: ${details}` : error.message;
    this.#refuse(new RollcallError(code ?? 'CONNECTION_REFUSED', message, error));
  }

  // socket.io-client leaves it at that; with another token it may go better.
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

  // The status stays until there is better news: it would only flicker.
  #again(): void {
    if (!this.#closed && !this.socket.connected && !this.socket.active) this.socket.connect();
  }

  // Told just before the server closes the transport; then it is connected again, with the token there is by then.
  #expired({ code, details }: AuthenticationError): void {
    this.#refusedBefore = true;
    if (!this.tokens.canRenew) this.ports.failed(new RollcallError(code, details));
  }

  #set(change: Partial<ConnectionState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
