// The endpoint that gives a page its tokens, at a moment when its backend is being deployed: a proxy answers the first requests.
import { token } from '../../tests/e2e/support/tokens.js';

const kOutages = [
  ['text/html', '<h1>502 Bad Gateway</h1>'],
  ['text/plain', 'upstream_unavailable'],
];

export function tokenEndpoint(user) {
  const outages = [...kOutages];
  return {
    answer(response) {
      const [type, text] = outages.shift() ?? [];
      if (text) response.writeHead(502, { 'Content-Type': type }).end(text);
      else response.setHeader('Content-Type', 'text/plain').end(token(user));
    },
    isUp: () => outages.length === 0,
  };
}

// Of what a page complained of, all but what the browser itself says of such an answer.
export const besidesOutages = (errors) => errors.filter((text) => !/status of 502/.test(text));
