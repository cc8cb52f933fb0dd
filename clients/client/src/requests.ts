import type { Socket } from 'socket.io-client';
import type { Answer, DataOf, PayloadOf, RequestName } from './contract.js';
import { RollcallError } from './errors.js';

/** A socket of socket.io-client, whatever events its application has given it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnySocket = Socket<any, any>;

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
  ) {}

  ask<E extends RequestName>(event: E, payload: PayloadOf<E>, timeoutMs = this.timeoutMs): Promise<DataOf<E>> {
    return this.#ask(event, payload, timeoutMs, true);
  }

  /** Rejects with `DISCONNECTED` if the connection breaks first. */
  once<E extends RequestName>(event: E, payload: PayloadOf<E>): Promise<DataOf<E>> {
    return this.#ask(event, payload, this.timeoutMs, false);
  }

  connected(): void {
    for (const request of this.#pending) request.send();
  }

  disconnected(): void {
    for (const request of [...this.#pending]) {
      if (!request.lasting) request.fail(new RollcallError('DISCONNECTED', 'The connection broke before the answer came'));
    }
  }

  #ask<E extends RequestName>(
    event: E,
    payload: PayloadOf<E>,
    timeoutMs: number,
    lasting: boolean,
  ): Promise<DataOf<E>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new RollcallError('CLOSED', `${event} was asked for after close()`));
      const end = () => {
        clearTimeout(timer);
        this.#pending.delete(request);
      };
      const request: Pending = {
        lasting,
        send: () =>
          this.socket.emit(event, payload, (answer: Answer<E>) => {
            if (!this.#pending.has(request)) return;
            end();
            if (answer?.status === 'ok') resolve(answer.data);
            else reject(new RollcallError(answer?.code ?? 'INTERNAL', `${event}: ${answer?.message}`));
          }),
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        const why = this.socket.connected ? 'was not answered' : 'could not be sent: there was no connection';
        request.fail(new RollcallError('TIMEOUT', `${event} ${why} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.add(request);
      if (this.socket.connected) request.send();
    });
  }

  close(): void {
    this.#closed = true;
    for (const request of [...this.#pending]) {
      request.fail(new RollcallError('CLOSED', 'close() was called before the answer came'));
    }
  }
}
