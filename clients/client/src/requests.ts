import type { Socket } from 'socket.io-client';
import type { Answer, DataOf, PayloadOf, RequestName, Timestamp } from './contract.js';
import { RollcallError } from './errors.js';

/** A socket of socket.io-client, with any event types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnySocket = Socket<any, any>;

/** The outcome of a request: exactly one of the two is called. */
export interface Outcome<T> {
  ok(data: T): void;
  failed(error: RollcallError): void;
}

interface Pending {
  /** Whether to send it again over the next connection. */
  lasting: boolean;
  send(): void;
  fail(error: RollcallError): void;
}

/**
 * Requests as promises. They are passed to the socket only while it is connected, as its own buffer would send them late or
 * twice. Instead they wait here, and are sent again if the connection breaks before the answer: all of them are idempotent.
 */
export class Requester {
  readonly #pending = new Set<Pending>();
  #closed = false;

  constructor(
    private readonly socket: AnySocket,
    private readonly timeoutMs: number,
    /** Called with the timestamp of each answer. */
    private readonly answered: (timestamp: Timestamp) => void,
  ) {}

  ask<E extends RequestName>(event: E, payload: PayloadOf<E>, timeoutMs = this.timeoutMs): Promise<DataOf<E>> {
    return new Promise((ok, failed) => this.#begin(event, payload, { ok, failed }, timeoutMs, true));
  }

  /**
   * Calls back synchronously when the answer arrives: a promise would resolve later, possibly after events that follow the answer
   * in the same packet. Fails with `DISCONNECTED` if the connection breaks first.
   */
  once<E extends RequestName>(event: E, payload: PayloadOf<E>, outcome: Outcome<DataOf<E>>): void {
    this.#begin(event, payload, outcome, this.timeoutMs, false);
  }

  connected(): void {
    for (const request of this.#pending) request.send();
  }

  disconnected(): void {
    for (const request of [...this.#pending]) {
      if (!request.lasting) request.fail(new RollcallError('DISCONNECTED', 'The connection broke before the answer arrived'));
    }
  }

  /** Drops all requests, so that those of one user are not sent for another. */
  abandon(): void {
    this.#failAll(new RollcallError('DISCONNECTED', 'disconnect() was called before the answer arrived'));
  }

  close(): void {
    this.#closed = true;
    this.#failAll(new RollcallError('CLOSED', 'close() was called before the answer arrived'));
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
    if (this.#closed) return outcome.failed(new RollcallError('CLOSED', `${event} was requested after close()`));
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
