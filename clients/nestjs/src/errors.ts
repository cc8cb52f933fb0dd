/**
 * Why a request, or the feed, failed. `code` is the server's (`UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`, `RATE_LIMITED`,
 * `INVALID_PAYLOAD`, `TOO_MANY_USERS`, …), or one of this side: `UNREACHABLE`, `TIMEOUT`, `CLOSED`, `BAD_ANSWER`, and
 * `TOO_MANY_WAITING` of messages that were not sent because too many others wait.
 */
export class RollcallApiError extends Error {
  override readonly name = 'RollcallApiError';

  constructor(
    readonly code: string,
    message: string,
    /** Of the answer, if there was one. */
    readonly status?: number,
    /** How long the server asks to wait before the next attempt. */
    readonly retryAfterMs?: number,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  /** It will be the same until somebody changes the configuration, of this side or of the server. */
  get refused(): boolean {
    const { code, status = 0 } = this;
    return code === 'BAD_ANSWER' || (status >= 300 && status < 400) || [401, 403, 404, 405].includes(status);
  }
}

// Where to look on this side; what is wrong is the server's to say.
const kHints: Record<number, string> = {
  401: 'Check apiKey.',
  404: 'Is url the address of a rollcall server, with api.keys configured?',
};

const kMostOfAnAnswer = 300;

/** What the server's problem details (RFC 9457) say; or, of whoever else answered, the status. */
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

/** What `fetch`, or reading its answer, threw. */
export function failure(what: string, error: unknown): RollcallApiError {
  if (error instanceof RollcallApiError) return error;
  const { name } = error as Partial<Error>;
  if (name === 'TimeoutError') return new RollcallApiError('TIMEOUT', `${what}: no answer in time`, undefined, undefined, error);
  return new RollcallApiError('UNREACHABLE', `${what}: ${reasonOf(error)}`, undefined, undefined, error);
}

// `fetch failed` says nothing; its cause does, and one that tried several addresses has errors of its own.
function reasonOf(error: unknown): string {
  const { cause, errors, message } = (error ?? {}) as { cause?: unknown; errors?: unknown[]; message?: string };
  if (cause) return reasonOf(cause);
  if (errors?.[0]) return reasonOf(errors[0]);
  return message || String(error);
}
