import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import type { AuthCode, AuthenticationError, Connected, Timestamp } from './contract.js';
import { asRollcallError, RollcallError } from './errors.js';
import type { AnySocket } from './requests.js';
import { Value } from './store.js';
import type { TokenKeeper } from './token.js';

export interface ConnectionState {
  /**
   * `idle`: not begun. `connecting`: for the first time, or again after a loss; by itself. `refused`: the server did not
   * let us in; it is tried again if there is a `getToken`. `closed`: it was ended, by `close()` or by the server.
   */
  readonly status: 'idle' | 'connecting' | 'connected' | 'refused' | 'closed';
  /** As the server greeted us; `null` before. */
  readonly userId: string | null;
  readonly socketId: string | null;
  /** Whether the session was taken up where the last connection left it. */
  readonly recovered: boolean;
  readonly error: RollcallError | null;
}

export type SocketSettings = Partial<ManagerOptions & SocketOptions>;

export interface Destination {
  url: string | undefined;
  namespace: string;
  token: string | undefined;
  io: SocketSettings;
}

/** An address without a path is the server's, and gets the namespace; one with a path names it itself. */
export function addressOf(url: string | undefined, namespace: string): string {
  if (!url) return namespace;
  return /^[a-z]+:\/\/[^/?#]+\/?$/i.test(url) ? url.replace(/\/$/, '') + namespace : url;
}

type Open = (address: string, settings: SocketSettings) => AnySocket;

export interface ConnectionPorts {
  up(recovered: boolean): void;
  greeted(serverTime: Timestamp): void;
  down(): void;
  failed(error: RollcallError): void;
}

const kFirstRetryMs = 1000;
const kLastRetryMs = 60_000;
const kIdle: ConnectionState = { status: 'idle', userId: null, socketId: null, recovered: false, error: null };

/** A socket, ours or the application's, and what is known of its connection. */
export class Connection {
  readonly state = new Value<ConnectionState>(kIdle);
  readonly socket: AnySocket;
  readonly #ours: boolean;
  readonly #handlers: [event: string, handler: (...args: never[]) => void][];
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

  connect(): void {
    if (this.#closed || this.socket.connected || this.socket.active) return;
    clearTimeout(this.#retry);
    this.#set({ status: 'connecting' });
    this.socket.connect();
  }

  /** Ends the connection if it is ours. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
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
    try {
      const token = await this.tokens.get(this.#refusedBefore ? 'refused' : 'connect');
      if (this.#closed) return;
      this.tokens.used(token);
      give({ token });
    } catch (error) {
      if (this.#closed) return;
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

  #greeted({ userId, timestamp }: Connected): void {
    this.#set({ userId });
    this.ports.greeted(timestamp);
  }

  #down(reason: string): void {
    const again = this.socket.active;
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
    this.#set({ status: 'refused', error });
    this.ports.failed(error);
    if (!this.#ours || !this.tokens.canRenew) return;
    const isToken = (['INVALID_TOKEN', 'TOKEN_EXPIRED', 'MISSING_AUTH_TOKEN'] as AuthCode[]).some((c) => c === error.code);
    const atOnce = isToken && !this.#refusedBefore;
    this.#refusedBefore ||= isToken;
    this.#retry = setTimeout(() => this.connect(), atOnce ? 0 : this.#retryMs * (0.75 + Math.random() / 2));
    if (!atOnce) this.#retryMs = Math.min(this.#retryMs * 2, kLastRetryMs);
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
