import type { Socket } from 'socket.io-client';
import type { Answer, DataOf, PayloadOf, RequestName, Timestamp } from './contract.js';
import { RollcallError } from './errors.js';

/** A socket of socket.io-client, whatever events its application has given it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnySocket = Socket<any, any>;

/** Of a request: exactly one of the two is called. */
export interface Outcome<T> {
  ok(data: T): void;
  failed(error: RollcallError): void;
}

interface Pending {
  /** Whether it is to be sent again over the next connection. */
  lasting: boolean;
  send(): void;
  fail(error: RollcallError): void;
}

/**
 * Requests as promises. They are only handed to the socket while it is connected: what it would keep for later comes
 * too late or twice. Instead they wait here, and are sent again when the connection broke before the answer: all of
 * them can be asked twice.
 */
export class Requester {
  readonly #pending = new Set<Pending>();
  #closed = false;

  constructor(
    private readonly socket: AnySocket,
    private readonly timeoutMs: number,
    /** Every answer says what time it is. */
    private readonly answered: (timestamp: Timestamp) => void,
  ) {}

  ask<E extends RequestName>(event: E, payload: PayloadOf<E>, timeoutMs = this.timeoutMs): Promise<DataOf<E>> {
    return new Promise((ok, failed) => this.#begin(event, payload, { ok, failed }, timeoutMs, true));
  }

  /**
   * Calls back at once when the answer comes: promises would be a moment late, and the events that follow the answer may
   * come in that very moment. Fails with `DISCONNECTED` if the connection breaks first.
   */
  once<E extends RequestName>(event: E, payload: PayloadOf<E>, outcome: Outcome<DataOf<E>>): void {
    this.#begin(event, payload, outcome, this.timeoutMs, false);
  }

  connected(): void {
    for (const request of this.#pending) request.send();
  }

  disconnected(): void {
    for (const request of [...this.#pending]) {
      if (!request.lasting) request.fail(new RollcallError('DISCONNECTED', 'The connection broke before the answer came'));
    }
  }

  /** What was asked for one user is not to be sent for another. */
  abandon(): void {
    this.#failAll(new RollcallError('DISCONNECTED', 'disconnect() was called before the answer came'));
  }

  close(): void {
    this.#closed = true;
    this.#failAll(new RollcallError('CLOSED', 'close() was called before the answer came'));
  }

  #failAll(error: RollcallError): void {
    for (const request of [...this.#pending]) request.fail(error);
  }

  #begin<E extends RequestName>(
    event: E,
    payload: PayloadOf<E>,
    outcome: Outcome<DataOf<E>>,
    timeoutMs: number,
    lasting: boolean,
  ): void {
    if (this.#closed) return outcome.failed(new RollcallError('CLOSED', `${event} was asked for after close()`));
    const end = () => {
      clearTimeout(timer);
      return this.#pending.delete(request);
    };
    const request: Pending = {
      lasting,
      send: () =>
        this.socket.emit(event, payload, (answer: Answer<E>) => {
          if (!end()) return;
          if (answer?.status === 'ok') {
            this.answered(answer.data.timestamp);
            outcome.ok(answer.data);
          } else outcome.failed(new RollcallError(answer?.code ?? 'INTERNAL', `${event}: ${answer?.message}`));
        }),
      fail: (error) => {
        end();
        outcome.failed(error);
      },
    };
    const timer = setTimeout(() => {
      const why = this.socket.connected ? 'was not answered' : 'could not be sent: there was no connection';
      request.fail(new RollcallError('TIMEOUT', `${event} ${why} within ${timeoutMs} ms`));
    }, timeoutMs);
    this.#pending.add(request);
    if (this.socket.connected) request.send();
  }
}
