// The dashboard: asks for a key, and opens the board with it.
import { Api } from './api.js';
import { Board } from './board.js';
import { byId, setText } from './dom.js';
import { Problem, wordsFor } from './problems.js';
import { Session } from './session.js';

const kKeptAs = 'rollcall.api-key'; // in sessionStorage: for this tab, until it is closed

let session = null;
const board = new Board({ onRefused: (problem) => leave(problem) });

// A key in the fragment never reaches a server. It is removed from the address bar so that nobody shares it by accident.
function takeKeyFromAddress() {
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  if (!key) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return key;
}

function show(open) {
  byId('gate').hidden = open;
  for (const id of ['board', 'forget', 'verdict', 'about']) byId(id).hidden = !open;
}

function showProblem(problem) {
  const { what, todo } = wordsFor(problem);
  setText(byId('problem-what'), what);
  setText(byId('problem-todo'), todo);
  byId('problem').hidden = false;
  if (problem.final) byId('how').open = true;
}

// Back to the form that asks for a key.
function leave(problem) {
  session?.stop();
  session = null;
  board.hide();
  sessionStorage.removeItem(kKeptAs);
  show(false);
  byId('key').value = '';
  if (problem) showProblem(problem);
  else byId('problem').hidden = true;
  byId('key').focus();
}

// The key is verified by using it. If the server is unreachable, the board says so and keeps trying.
async function enter(key) {
  if (!/^[!-~]+$/.test(key)) return leave(new Problem({ status: 401, detail: 'A key has only printable ASCII characters, and no blanks' }));
  const api = new Api(key);
  byId('open').disabled = true;
  if (byId('gate').hidden) board.asking();
  let stats = null;
  try {
    stats = await api.json('api/v1/stats');
  } catch (problem) {
    if (problem.final || problem.status === 404) return leave(problem);
  } finally {
    byId('open').disabled = false;
  }
  session?.stop();
  sessionStorage.setItem(kKeptAs, key);
  byId('key').value = '';
  byId('problem').hidden = true;
  show(true);
  session = new Session({ api, view: board });
  board.show(session);
  session.start(stats);
}

byId('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  enter(byId('key').value.trim());
});
byId('show-key').addEventListener('click', () => {
  const hidden = byId('key').type === 'password';
  byId('key').type = hidden ? 'text' : 'password';
  setText(byId('show-key'), hidden ? 'Hide' : 'Show');
  byId('show-key').setAttribute('aria-pressed', String(hidden));
});
byId('forget').addEventListener('click', () => leave());
window.addEventListener('hashchange', () => {
  const key = takeKeyFromAddress();
  if (key) enter(key);
});

const key = takeKeyFromAddress() ?? sessionStorage.getItem(kKeptAs);
if (key) {
  enter(key);
} else {
  show(false);
  byId('key').focus();
}
