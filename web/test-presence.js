// The test page's script. Everything from a server or a user is shown with textContent, never as markup.
'use strict';

const kMaxLogLines = 500;
const kMaxLoggedChars = 2000;
const kPageOfUsers = 200;
const kAnswerTimeoutMs = 10000;
const kHeartbeatEveryMs = 30000;
const kCountAtMostEveryMs = 1000;
// For this tab and its reloads: sessionStorage, never localStorage.
const kTokenKey = 'rollcall.token';
const kSettingsKey = 'rollcall.connected-with';
const kSettings = ['namespace', 'path', 'transport'];

const byId = (id) => document.getElementById(id);
const element = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
};

let socket = null;
let me = null;

// --- text -------------------------------------------------------------------------------------

const two = (n, width = 2) => String(n).padStart(width, '0');
const clock = (date) =>
  `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`;
function moment(iso) {
  const date = new Date(iso);
  return date.toDateString() === new Date().toDateString() ? date.toLocaleTimeString() : date.toLocaleString();
}

function inBrief(data) {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return text.length <= kMaxLoggedChars ? text : `${text.slice(0, kMaxLoggedChars)}… (${text.length} characters)`;
}

function log(direction, name, data, tone = '') {
  const now = new Date();
  const line = element('li', `${direction} ${tone}`.trim());
  const time = element('time', '', clock(now));
  time.dateTime = now.toISOString();
  line.append(time, element('span', 'name', name));
  if (data !== undefined) line.append(element('pre', '', inBrief(data)));
  const list = byId('log');
  list.prepend(line);
  while (list.children.length > kMaxLogLines) list.lastChild.remove();
}

function setState(state, words) {
  byId('state').dataset.state = state;
  byId('state').textContent = words;
  const connected = state === 'connected';
  for (const part of document.querySelectorAll('[data-needs-connection]')) part.disabled = !connected;
  byId('disconnect').disabled = socket === null;
  byId('refresh-token').disabled = !connected;
  byId('facts').hidden = !connected;
  if (connected) return;
  byId('online-count').textContent = '–';
  byId('online-list').replaceChildren();
  byId('online-more').hidden = true;
  document.title = 'Presence test page';
}

// Announced (role="alert") and scrolled into view once, not with every attempt that fails in the same way.
function showProblem(what, whatToDo) {
  const problem = byId('problem');
  if (!problem.hidden && problem.textContent === what + whatToDo) return;
  problem.replaceChildren(element('strong', '', what), document.createTextNode(whatToDo));
  problem.hidden = false;
  problem.scrollIntoView({ block: 'nearest' });
}

function clearProblem() {
  byId('problem').hidden = true;
}

const kRefusals = {
  MISSING_AUTH_TOKEN: ['The server got no token.', 'Paste one into the field and press Connect.'],
  INVALID_TOKEN: [
    'The server does not accept this token.',
    'It must be complete, and signed with a key that this server knows. Create a new one with “rollcall token --sub alice”.',
  ],
  TOKEN_EXPIRED: ['The token has expired.', 'Create a new one, paste it into the field and press Connect.'],
};

function explainConnectError(error) {
  const refusal = error.data && kRefusals[error.data.code];
  if (refusal) return refusal;
  if (error.message === 'Invalid namespace') {
    return ['The server has no such namespace.', 'Open “More settings” and check it; the default is /ws/messages.'];
  }
  if (socket && socket.active) {
    return ['The server cannot be reached.', 'This page keeps trying. Is the server running, and does every proxy in between pass WebSockets?'];
  }
  return [`The server refused: ${error.message}`, 'The event log below has the details.'];
}

// --- people -----------------------------------------------------------------------------------

function person(status) {
  const item = element('li', status.online ? 'online' : 'offline');
  const words = [status.online ? 'online' : 'offline'];
  if (status.email) words.push(status.email);
  if (status.role) words.push(status.role);
  if (status.online && status.connectedAt) words.push(`since ${moment(status.connectedAt)}`);
  words.push(status.lastActive ? `last active ${moment(status.lastActive)}` : 'never seen');
  const text = element('div');
  text.append(element('div', 'who', status.userId === me ? `${status.userId} (you)` : status.userId));
  text.append(element('div', 'what', words.join(' · ')));
  const dot = element('span', 'dot');
  dot.setAttribute('aria-hidden', 'true');
  item.append(dot, text);
  item.dataset.user = status.userId;
  return item;
}

function showPeople(listId, statuses) {
  byId(listId).replaceChildren(...statuses.map(person));
}

function showFailure(listId, failure) {
  byId(listId).replaceChildren(element('li', 'error', `${failure.code}: ${failure.message}`));
}

// Shows a user's new state in the results on the screen.
function updateShown(userId, change) {
  for (const listId of ['one-result', 'many-result']) {
    for (const item of byId(listId).children) {
      if (item.dataset.user === userId) item.replaceWith(person({ userId, ...change }));
    }
  }
}

// --- requests ---------------------------------------------------------------------------------

// `quiet`: the page itself asks, so only errors are logged.
async function ask(event, payload, { quiet = false } = {}) {
  if (!quiet) log('sent', event, event === 'refresh-token' ? undefined : payload);
  let answer;
  try {
    answer = await socket.timeout(kAnswerTimeoutMs).emitWithAck(event, payload);
  } catch {
    answer = { status: 'error', code: 'NO_ANSWER', message: `no answer within ${kAnswerTimeoutMs / 1000} s` };
  }
  const ok = answer.status === 'ok';
  if (!ok || !quiet) log('received', ok ? answer.event : `${event} failed`, ok ? answer.data : answer, ok ? 'good' : 'bad');
  return answer;
}

const splitIds = (text) => text.split(/[\n,]/).map((id) => id.trim()).filter((id) => id !== '');

async function checkOne() {
  const answer = await ask('check-user-status', { userId: byId('one-id').value.trim() });
  if (answer.status === 'ok') showPeople('one-result', [answer.data]);
  else showFailure('one-result', answer);
}

async function askAboutMany(event) {
  const userIds = splitIds(byId('many-ids').value);
  if (userIds.length === 0) {
    byId('many-ids').value = '';
    byId('many-ids').reportValidity();
    return;
  }
  const answer = await ask(event, { userIds });
  if (answer.status !== 'ok') return showFailure('many-result', answer);
  if (answer.data.statuses) showPeople('many-result', answer.data.statuses);
  if (event === 'subscribe-presence') byId('watching').textContent = 'Subscribed: changes appear here and in the event log.';
  if (event === 'unsubscribe-presence') byId('watching').textContent = `Still watching ${answer.data.count}.`;
}

function showCount(count) {
  byId('online-count').textContent = String(count);
  document.title = `${count} online · Presence test page`;
}

const listed = (userId) => [...byId('online-list').children].find((item) => item.dataset.user === userId);
const listIsWhole = () => byId('online-more').hidden;

async function listOnline({ cursor, quiet = false } = {}) {
  const answer = await ask('get-online-users', cursor ? { limit: kPageOfUsers, cursor } : { limit: kPageOfUsers }, { quiet });
  if (!socket || !socket.connected) return;
  if (answer.status !== 'ok') return showFailure('online-list', answer);
  const { users, count, nextCursor } = answer.data;
  if (!cursor) byId('online-list').replaceChildren();
  for (const user of users) listPerson({ ...user, online: true });
  byId('online-more').hidden = !nextCursor;
  byId('online-more').dataset.cursor = nextCursor || '';
  showCount(count);
}

function listPerson(status) {
  const item = person(status);
  const before = listed(status.userId);
  if (before) before.replaceWith(item);
  else byId('online-list').append(item);
}

// A user came online or went offline. The list is in order of arrival, so a new user belongs on its last page.
function updateList(userId, change) {
  if (!change.online) listed(userId)?.remove();
  else if (listIsWhole() && !listed(userId)) listPerson({ userId, ...change });
  if (listIsWhole()) showCount(byId('online-list').children.length);
  else countSoon();
}

// If not all pages are shown, the server counts, at most once a second.
let countWait = null;
function countSoon() {
  countWait ??= setTimeout(async () => {
    countWait = null;
    if (!socket || !socket.connected) return;
    const answer = await ask('get-online-users', { limit: 1 }, { quiet: true });
    if (answer.status === 'ok' && socket && socket.connected) showCount(answer.data.count);
  }, kCountAtMostEveryMs);
}

async function beat({ quiet = false } = {}) {
  const answer = await ask('heartbeat', {}, { quiet });
  byId('heartbeat-result').textContent =
    answer.status === 'ok' ? `Answered; last active ${moment(answer.data.lastActive)}.` : `${answer.code}: ${answer.message}`;
}

async function refreshToken() {
  const answer = await ask('refresh-token', { token: byId('token').value.trim() });
  if (answer.status === 'ok') {
    clearProblem();
    rememberToken();
  } else {
    showProblem('The server did not accept the new token.', `${answer.code}: ${answer.message}`);
  }
}

// --- the connection ---------------------------------------------------------------------------

function rememberToken() {
  sessionStorage.setItem(kTokenKey, byId('token').value.trim());
}

function rememberSettings() {
  const settings = Object.fromEntries(kSettings.map((id) => [id, byId(id).value]));
  sessionStorage.setItem(kSettingsKey, JSON.stringify(settings));
}

// Reconnects after a reload, if the page was connected before.
function connectAgain() {
  const settings = sessionStorage.getItem(kSettingsKey);
  if (settings === null) return false;
  for (const [id, value] of Object.entries(JSON.parse(settings))) byId(id).value = value;
  connect();
  return true;
}

// The user disconnects: a reload does not reconnect.
function leave() {
  clearProblem();
  sessionStorage.removeItem(kSettingsKey);
  disconnect();
}

function logOut() {
  leave();
  sessionStorage.removeItem(kTokenKey);
  byId('token').value = '';
  byId('token').focus();
}

function disconnect() {
  if (!socket) return;
  const old = socket;
  socket = null;
  old.off();
  old.offAny();
  old.disconnect();
  setState('idle', 'Not connected');
  log('note', 'disconnected', 'by this page');
}

function showTransport() {
  const engine = socket.io.engine;
  byId('transport-now').textContent = engine.transport.name;
  engine.once('upgrade', (transport) => {
    byId('transport-now').textContent = transport.name;
    log('note', 'upgraded', transport.name);
  });
}

function onConnected(data) {
  me = data.userId;
  byId('me').textContent = data.userId;
  byId('socket-id').textContent = data.socketId;
  byId('recovered').textContent = data.recovered ? 'yes' : 'no';
  listOnline({ quiet: true });
}

function onDisconnect(reason) {
  log('note', 'disconnect', reason, 'bad');
  if (socket.active) {
    setState('connecting', 'Reconnecting…');
    return;
  }
  setState('refused', 'Disconnected by the server');
  if (byId('problem').hidden) showProblem('The server closed this connection.', 'Press Connect to reconnect.');
}

function onChange(userId, change) {
  updateShown(userId, change);
  updateList(userId, change);
}

function listen() {
  socket.on('connect', () => {
    clearProblem();
    setState('connected', 'Connected');
    showTransport();
    log('note', 'connect', { id: socket.id, recovered: socket.recovered === true }, 'good');
  });
  socket.on('connect_error', (error) => {
    log('note', 'connect_error', { message: error.message, ...(error.data && { data: error.data }) }, 'bad');
    showProblem(...explainConnectError(error));
    if (socket.active) setState('connecting', 'Trying to connect…');
    else setState('refused', 'Refused');
  });
  socket.on('disconnect', onDisconnect);
  socket.onAny((event, data) => {
    if (event === 'recovery-offset') return; // internal to the library, for recovery
    const bad = event === 'exception' || event === 'authentication_error';
    log('received', event, data, bad ? 'bad' : event === 'user-offline' ? '' : 'good');
  });
  socket.on('connected', onConnected);
  socket.on('user-online', ({ userId, timestamp }) => onChange(userId, { online: true, connectedAt: timestamp, lastActive: timestamp }));
  socket.on('user-offline', ({ userId, lastActive }) => onChange(userId, { online: false, lastActive }));
  socket.on('authentication_error', (error) => {
    showProblem(...(kRefusals[error.code] || ['The server no longer accepts your token.', 'Create a new one, paste it into the field and press Connect.']));
  });
  socket.on('exception', (error) => showProblem(`The server refused a request (${error.code}).`, error.message));
}

function connect() {
  disconnect();
  clearProblem();
  if (typeof io === 'undefined') {
    showProblem('The client script did not load.', 'This server should also serve /socket.io.min.js. Reload to retry.');
    return;
  }
  rememberToken();
  rememberSettings();
  const namespace = `/${byId('namespace').value.trim().replace(/^\/+/, '')}`;
  socket = io(location.origin + namespace, {
    path: byId('path').value.trim() || '/socket.io/',
    transports: byId('transport').value.split(','),
    auth: (give) => give(sessionStorage.getItem(kTokenKey) ? { token: sessionStorage.getItem(kTokenKey) } : {}),
    forceNew: true,
  });
  setState('connecting', 'Connecting…');
  listen();
}

// --- the page ---------------------------------------------------------------------------------

// A token in the fragment never reaches a server. It is removed from the address bar so that nobody shares it by accident.
function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return false;
  history.replaceState(null, '', location.pathname + location.search);
  byId('token').value = token;
  return true;
}

function onSubmit(formId, action) {
  byId(formId).addEventListener('submit', (event) => {
    event.preventDefault();
    action();
  });
}

function onClick(buttonId, action) {
  byId(buttonId).addEventListener('click', action);
}

onSubmit('connect-form', connect);
onSubmit('one-form', checkOne);
onSubmit('many-form', () => askAboutMany('check-users-status'));
onClick('subscribe', () => askAboutMany('subscribe-presence'));
onClick('unsubscribe', () => askAboutMany('unsubscribe-presence'));
onClick('online-refresh', () => listOnline());
onClick('online-more', () => listOnline({ cursor: byId('online-more').dataset.cursor }));
onClick('heartbeat', () => beat());
onClick('disconnect', leave);
onClick('log-out', logOut);
onClick('refresh-token', refreshToken);
onClick('log-clear', () => byId('log').replaceChildren());
onClick('show-token', () => {
  const show = byId('token').type === 'password';
  byId('token').type = show ? 'text' : 'password';
  byId('show-token').textContent = show ? 'Hide' : 'Show';
  byId('show-token').setAttribute('aria-pressed', String(show));
});

setInterval(() => {
  const wanted = byId('heartbeat-auto').checked && document.visibilityState === 'visible';
  if (wanted && socket && socket.connected) beat({ quiet: true });
}, kHeartbeatEveryMs);

window.addEventListener('hashchange', () => {
  if (takeTokenFromAddress()) connect();
});

byId('token').value = sessionStorage.getItem(kTokenKey) || '';
if (takeTokenFromAddress()) connect();
else if (!connectAgain() && !byId('token').value) byId('token').focus();
