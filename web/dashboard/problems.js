// What can go wrong between this page and the server, and what to do about it. Pure.

export class Problem extends Error {
  // `status` 0: there was no answer. `detail` is the server's own sentence.
  constructor({ status = 0, code = '', detail = '', retryAfterMs }) {
    super(detail || `status ${status}`);
    Object.assign(this, { status, code, detail, retryAfterMs });
  }

  // Another try with the same key would be in vain.
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
      return { what: 'The server does not answer.', todo: 'This page tries again by itself. Is the server running, and can this machine reach it?' };
    case 401:
      return { what: 'The server does not know this key.', todo: `${detail} Is the key whole? How to make one is said below.`.trim() };
    case 403:
      return { what: 'This key may not read.', todo: `${detail} Make one that may: rollcall key --name dashboard --scopes read`.trim() };
    case 404:
      return { what: 'There is no API here.', todo: 'A proxy may pass on only what clients need: open this page on the server’s own port.' };
    case 429:
      return { what: 'More requests with this key than it may make.', todo: `${detail} This page goes on by itself. Give it a key of its own, or raise api.requests_per_second.`.trim() };
    case 503:
      return { what: 'The server cannot do this now.', todo: `${detail} This page tries again by itself.`.trim() };
    default:
      return { what: `The server answered ${problem.status}.`, todo: `${detail} This page tries again by itself; the server’s log may say more.`.trim() };
  }
}

// The server's refusal, out of its answer.
export async function problemOf(answer) {
  const text = await answer.text().catch(() => '');
  let told = {};
  try {
    told = JSON.parse(text);
  } catch {
    // A proxy's page, say: its status is enough.
  }
  const seconds = Number(answer.headers.get('retry-after') ?? NaN);
  return new Problem({
    status: answer.status,
    code: String(told?.code ?? ''),
    detail: typeof told?.detail === 'string' ? told.detail : '',
    retryAfterMs: Number.isFinite(seconds) ? Math.min(seconds, 60) * 1000 : undefined,
  });
}
