/**
 * Why a request, or the feed, failed. `code` is the server's (`UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`, `RATE_LIMITED`,
 * `INVALID_PAYLOAD`, `TOO_MANY_USERS`, …), or one of this package: `UNREACHABLE`, `TIMEOUT`, `CLOSED`, `BAD_ANSWER`, and
 * `TOO_MANY_WAITING` for messages that were not sent because too many others are queued.
 */
export class RollcallApiError extends Error {
  override readonly name = 'RollcallApiError';

  constructor(
    readonly code: string,
    message: string,
    /** The HTTP status, if there was an answer. */
    readonly status?: number,
    /** How long the server asks to wait before the next attempt. */
    readonly retryAfterMs?: number,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  /** Retrying is pointless until somebody changes the configuration, here or on the server. */
  get refused(): boolean {
    const { code, status = 0 } = this;
    return code === 'BAD_ANSWER' || (status >= 300 && status < 400) || [401, 403, 404, 405].includes(status);
  }
}

// What to check here; the server says what is wrong.
const kHints: Record<number, string> = {
  401: 'Check apiKey.',
  404: 'Is url the address of a rollcall server, with api.keys configured?',
};

const kMostOfAnAnswer = 300;

/** Converts the server's problem details (RFC 9457); or, if something else answered, the status. */
export async function refusal(what: string, response: Response): Promise<RollcallApiError> {
  const { status, statusText } = response;
  const problem = await problemOf(response);
  const words = problem.detail ?? problem.title ?? statusText;
  const hint = kHints[status] ? ` ${kHints[status]}` : '';
  const message = `${what}: ${status} ${problem.code ?? ''} ${words}`.replace(/\s+/g, ' ').trim().replace(/[^.?!]$/, '$&.');
  const wait = Number(response.headers.get('retry-after') ?? NaN);
  return new RollcallApiError(
    problem.code ?? `HTTP_${status}`,
    message + hint,
    status,
    Number.isFinite(wait) && wait >= 0 ? wait * 1000 : undefined,
  );
}

type Problem = Partial<Record<'code' | 'title' | 'detail', string>>;

async function problemOf(response: Response): Promise<Problem> {
  try {
    const found: unknown = JSON.parse(await response.text());
    if (typeof found !== 'object' || found === null) return {};
    const texts = Object.entries(found).filter((field): field is [string, string] => typeof field[1] === 'string');
    return Object.fromEntries(texts.map(([name, text]) => [name, text.slice(0, kMostOfAnAnswer)])) as Problem;
  } catch {
    return {};
  }
}

/** Converts an error from `fetch`, or from reading its answer. */
export function failure(what: string, error: unknown): RollcallApiError {
  if (error instanceof RollcallApiError) return error;
  const { name } = error as Partial<Error>;
  if (name === 'TimeoutError') return new RollcallApiError('TIMEOUT', `${what}: no answer in time`, undefined, undefined, error);
  return new RollcallApiError('UNREACHABLE', `${what}: ${reasonOf(error)}`, undefined, undefined, error);
}

// `fetch failed` says nothing; the cause does. If several addresses were tried, the cause has a list of errors.
function reasonOf(error: unknown): string {
  const { cause, errors, message } = (error ?? {}) as { cause?: unknown; errors?: unknown[]; message?: string };
  if (cause) return reasonOf(cause);
  if (errors?.[0]) return reasonOf(errors[0]);
  return message || String(error);
}
