// What can go wrong between this page and the server, and what to do about it. Pure.

export class Problem extends Error {
  // `status` 0: there was no answer. `detail` is the server's own sentence.
  constructor({ status = 0, code = '', detail = '', retryAfterMs }) {
    super(detail || `status ${status}`);
    Object.assign(this, { status, code, detail, retryAfterMs });
  }

  // Retrying with the same key is pointless.
  get final() {
    return this.status === 401 || this.status === 403;
  }
}

const sentence = (text) => (text === '' || /[.!?]$/.test(text) ? text : `${text}.`);

// {what, todo}, for people.
export function wordsFor(problem) {
  const detail = sentence(problem.detail);
  switch (problem.status) {
    case 0:
      return { what: 'The server does not answer.', todo: 'This page retries by itself. Is the server running, and can this machine reach it?' };
    case 401:
      return { what: 'The server does not know this key.', todo: `${detail} Is the key complete? See below how to create one.`.trim() };
    case 403:
      return { what: 'This key lacks the scope read.', todo: `${detail} Create one that has it: rollcall key --name dashboard --scopes read`.trim() };
    case 404:
      return { what: 'There is no API here.', todo: 'A proxy may forward only what clients need: open this page on the server’s own port.' };
    case 429:
      return { what: 'Too many requests with this key.', todo: `${detail} This page continues by itself. Use a separate key for it, or raise api.requests_per_second.`.trim() };
    case 503:
      return { what: 'The server cannot do this now.', todo: `${detail} This page retries by itself.`.trim() };
    default:
      return { what: `The server answered ${problem.status}.`, todo: `${detail} This page retries by itself; the server’s log may say more.`.trim() };
  }
}

// Reads the server's refusal from its answer.
export async function problemOf(answer) {
  const text = await answer.text().catch(() => '');
  let told = {};
  try {
    told = JSON.parse(text);
  } catch {
    // For example a proxy's page: the status is enough.
  }
  const seconds = Number(answer.headers.get('retry-after') ?? NaN);
  return new Problem({
    status: answer.status,
    code: String(told?.code ?? ''),
    detail: typeof told?.detail === 'string' ? told.detail : '',
    retryAfterMs: Number.isFinite(seconds) ? Math.min(seconds, 60) * 1000 : undefined,
  });
}
