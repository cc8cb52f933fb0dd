// The dashboard on the page: shows what a session reports.
import { Changes } from './changes.js';
import { byId, seldom, setText } from './dom.js';
import { drawAbout, drawChecks, drawTraffic, drawTransports, drawWorkers } from './figures.js';
import { worst } from './health.js';
import { People } from './people.js';
import { Plot } from './plot.js';
import { wordsFor } from './problems.js';
import { UserDialog } from './user.js';
import { clock, count, counted, duration } from './words.js';

const kTrendMs = 300000;
const kTrendFromMs = 10000; // a shorter trend means nothing
const kFeedWords = {
  connecting: 'connecting…', live: 'live', settling: 'settling…', lost: 'reconnecting…', paused: 'paused', many: 'not followed',
};

export class Board {
  #session = null;
  #report = null;
  #offsetMs = 0; // of the server's clock
  #onRefused;
  #user = new UserDialog();
  #changes = new Changes({ onExplain: (userId) => this.#user.open(userId) });
  #people = new People({ onExplain: (userId) => this.#user.open(userId), serverNow: () => Date.now() + this.#offsetMs });
  #plot = new Plot({ space: byId('plot'), words: byId('plot-words') });
  #drawSoon = seldom(() => this.#drawPeople());

  // `onRefused(problem)`: the key is not accepted, or no longer.
  constructor({ onRefused }) {
    this.#onRefused = onRefused;
    for (const button of document.querySelectorAll('[data-span]')) button.addEventListener('click', () => this.#choose(button));
    document.addEventListener('visibilitychange', () => {
      this.#session?.hide(document.visibilityState === 'hidden');
      this.#draw();
    });
  }

  show(session) {
    this.#session = session;
    this.#report = null;
    this.#changes.clear();
    this.#people.show(session.mirror);
    this.#plot.show(session.series);
    this.#user.use(session.api, (userId) => session.mirror.users.get(userId));
    this.feed('connecting');
    this.#verdict();
  }

  // Before there is a session: the server may be slow to answer.
  asking() {
    byId('verdict').hidden = false;
    this.#verdict();
  }

  hide() {
    this.#session = null;
    this.#user.close();
    document.title = 'Dashboard · rollcall';
  }

  // Called by the session.
  refused(problem) {
    this.#onRefused(problem);
  }
  stats(stats) {
    this.#offsetMs = Date.parse(stats.timestamp) - Date.now();
    drawTransports(stats.transports);
    drawAbout(stats);
    setText(byId('people-connections'), `in ${counted(stats.connections, 'connection')}`);
    this.#drawCount();
  }
  health(report, figures) {
    this.#report = report;
    drawChecks(report.checks);
    drawWorkers(report.workers);
    drawTraffic(figures);
    this.#verdict();
  }
  link(problem) {
    if (!problem) byId('problem').hidden = true;
    else this.#problem(problem);
    this.#verdict();
  }
  feed(state, problem) {
    byId('feed-state').dataset.state = state;
    setText(byId('feed-state'), kFeedWords[state]);
    const refused = problem && problem.status !== 0; // without any answer there is a more serious problem
    byId('feed-problem').hidden = !refused;
    if (refused) setText(byId('feed-problem'), `The feed: ${problem.detail || wordsFor(problem).what}. This page retries by itself.`);
    this.#people.feedState = state;
    this.#changes.feedState = state;
    this.#drawSoon();
  }
  change(change) {
    this.#changes.add(change);
  }
  note(reason) {
    this.#changes.note(reason);
  }
  people() {
    this.#drawSoon();
  }
  ticked() {
    if (document.visibilityState === 'visible') this.#draw();
    else this.#drawCount(); // the title
  }

  #problem(problem) {
    const { what, todo } = wordsFor(problem);
    const since = this.#session?.lostAt;
    const [title, advice] = byId('problem').children;
    setText(title, what);
    setText(advice, since && this.#session.stats ? `${todo} The figures below are from ${clock(since)}.` : todo);
    byId('problem').hidden = false;
  }

  #draw() {
    if (!this.#session) return;
    this.#drawPeople();
    this.#plot.draw();
    this.#user.tick();
    this.#verdict();
  }

  #drawPeople() {
    if (!this.#session) return;
    this.#people.draw();
    this.#changes.draw();
    this.#drawCount();
  }

  #drawCount() {
    const online = this.#session?.online() ?? null;
    const words = online === null ? '–' : count(online);
    setText(byId('online'), words);
    byId('online').dataset.size = words.length > 7 ? 's' : words.length > 5 ? 'm' : words.length > 3 ? 'l' : 'xl';
    document.title = online === null ? 'Dashboard · rollcall' : `${words} online · rollcall`;
    setText(byId('trend'), this.#trend(online));
  }

  #trend(online) {
    const now = Date.now();
    const before = this.#session?.series.window(now, kTrendMs, kTrendMs / 1000).steps.find((step) => step);
    if (online === null || !before) return '';
    const ago = now - before.at;
    if (ago < kTrendFromMs) return '';
    const when = ago > kTrendMs - kTrendFromMs ? '5 min ago' : `${duration(ago / 1000)} ago`;
    const more = online - before.last;
    if (more === 0) return `same as ${when}`;
    return more > 0 ? `▲ ${count(more)} more than ${when}` : `▼ ${count(-more)} fewer than ${when}`;
  }

  #verdict() {
    byId('board').classList.toggle('stale', (this.#session?.lostAt ?? null) !== null);
    const [level, words] = this.#judge();
    byId('verdict').dataset.level = level;
    setText(byId('verdict'), words);
  }

  #judge() {
    if (!this.#session || (!this.#report && this.#session.lostAt === null)) return ['none', 'Checking…'];
    if (this.#session.lostAt !== null) return ['bad', 'No answer'];
    const { checks } = this.#report;
    const level = worst(checks);
    if (level === 'well') return ['well', 'All is well'];
    const names = checks.filter((check) => check.level !== 'well').map(({ name }) => name).join(', ');
    return [level, level === 'bad' ? `Act now: ${names}` : `Have a look: ${names}`];
  }

  #choose(chosen) {
    for (const button of document.querySelectorAll('[data-span]')) button.setAttribute('aria-pressed', String(button === chosen));
    this.#plot.span = Number(chosen.dataset.span);
  }
}
