import type { Access } from './access.js';
import { failure, RollcallApiError } from './errors.js';
import { EventStreamParser, type StreamEvent } from './sse.js';

export interface FeedReaderPorts {
  event(event: StreamEvent): void;
  /** Something arrived, if only a keep-alive. */
  heard(): void;
}

const kPath = '/presence/feed';

/** One connection of the feed, until it ends. */
export class FeedReader {
  /** The pause before reconnecting that the server asks for. */
  retryMs: number | undefined;
  readonly address: string;

  constructor(
    private readonly access: Access,
    private readonly silenceMs: number,
    private readonly ports: FeedReaderPorts,
  ) {
    this.address = access.address(kPath);
  }

  /** Always ends by an exception with the reason: there is no regular end of a feed. */
  async read(cursor: string | undefined, stop: AbortSignal): Promise<never> {
    const watch = new Watchdog(stop, `GET ${this.address}`);
    try {
      watch.expect(this.access.requestTimeoutMs, 'no answer in time');
      const headers = { Accept: 'text/event-stream', ...(cursor !== undefined && { 'Last-Event-ID': cursor }) };
      const response = await this.access.open(kPath, { headers, signal: watch.signal });
      await this.#follow(response, watch);
      throw new Error('the server ended the feed');
    } catch (error) {
      throw failure(`GET ${this.address}`, watch.error ?? error);
    } finally {
      watch.end();
    }
  }

  async #follow(response: Response, watch: Watchdog): Promise<void> {
    const type = response.headers.get('content-type') ?? 'none';
    if (!type.startsWith('text/event-stream') || !response.body) {
      throw new RollcallApiError('BAD_ANSWER', `GET ${this.address}: the answer is of the type ${type}, not a feed`, response.status);
    }
    const decoder = new TextDecoder();
    const parser = new EventStreamParser();
    // Node's streams are async iterable; the browser types do not say so.
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      watch.expect(this.silenceMs, `nothing was received for ${this.silenceMs} ms`);
      this.ports.heard();
      for (const event of parser.push(decoder.decode(chunk, { stream: true }))) this.ports.event(event);
      this.retryMs = parser.retryMs ?? this.retryMs;
    }
  }
}

// Aborts a request that makes no progress, or that is no longer wanted.
class Watchdog {
  error: RollcallApiError | undefined;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stopped = (): void => this.#abort.abort();

  constructor(
    private readonly stop: AbortSignal,
    private readonly what: string,
  ) {
    stop.addEventListener('abort', this.#stopped);
    if (stop.aborted) this.#abort.abort();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  expect(ms: number, otherwise: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.error = new RollcallApiError('TIMEOUT', `${this.what}: ${otherwise}`);
      this.#abort.abort();
    }, ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.stop.removeEventListener('abort', this.#stopped);
    // Abort the rest of the answer, too.
    this.#abort.abort();
  }
}
