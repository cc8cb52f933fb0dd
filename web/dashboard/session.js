// The work while the dashboard is open: follows the feed and polls the server's figures. Independent of the page: `view` shows it.
import { examine } from './health.js';
import { Feed } from './feed.js';
import { History } from './history.js';
import { Mirror } from './mirror.js';
import { Problem } from './problems.js';
import { Figures } from './prometheus.js';
import { Series } from './series.js';

const kEveryMs = 2000;
const kHiddenEveryMs = 10000;
const kTickMs = 1000;
// A hidden page closes its connection: browsers have six per server, and the feed 100 readers.
const kFeedWhileHiddenMs = 60000;
// The online users are kept in the page. Above this number they are only counted.
export const kMostMirrored = 200000;

const asProblem = (error) => (error instanceof Problem ? error : new Problem({ detail: String(error?.message ?? error) }));

export class Session {
  mirror = new Mirror();
  series = new Series();
  stats = null; // the newest
  feedState = 'connecting'; // 'live', 'settling' (live, but the server has just started), 'lost', 'paused' (page hidden), 'many' (too many users)
  lostAt = null; // since when the server has not answered, ms
  #history = new History();
  #stop = new AbortController();
  #hidden = false;
  #settling = false;
  #timers = {};

  constructor({ api, view, most = kMostMirrored, everyMs = kEveryMs, feedWhileHiddenMs = kFeedWhileHiddenMs, wait }) {
    Object.assign(this, { api, view, most, everyMs, feedWhileHiddenMs });
    this.feed = new Feed({
      open: (cursor, signal) => api.feed(cursor, signal),
      told: (event, data) => this.#told(event, data),
      state: (state, problem) => this.#onFeed(state, problem),
      wait,
    });
  }

  // `stats`: what the server answered when the key was tried, or null.
  start(stats) {
    if (stats) this.#onStats(stats);
    if (!this.stats || this.stats.online <= this.most) this.feed.start();
    this.#timers.tick = setInterval(() => this.#tick(), kTickMs);
    this.#poll();
  }

  stop() {
    this.#stop.abort();
    this.feed.stop();
    clearInterval(this.#timers.tick);
    clearTimeout(this.#timers.poll);
    clearTimeout(this.#timers.hidden);
    clearTimeout(this.#timers.settle);
  }

  hide(hidden) {
    this.#hidden = hidden;
    clearTimeout(this.#timers.hidden);
    if (hidden) {
      this.#timers.hidden = setTimeout(() => this.feedState !== 'many' && this.#pauseFeed('paused'), this.feedWhileHiddenMs);
      return;
    }
    if (this.feedState === 'paused') this.feed.start();
    this.#poll();
  }

  // The number of online users; null: unknown.
  online() {
    if (this.#isFollowing()) return this.mirror.users.size;
    return this.lostAt === null && this.stats ? this.stats.online : null;
  }

  #isFollowing() {
    return this.feedState === 'live' || this.feedState === 'settling';
  }

  #tick() {
    this.series.note(Date.now(), this.online());
    this.view.ticked();
  }

  #told(event, data) {
    const news = this.mirror.apply(event, data);
    if (news?.kind === 'change' && news.new) this.view.change(news);
    if (news?.kind === 'reset') this.view.note(news.reason);
    if (news?.kind === 'live') this.#settleFor(news.settlingMs);
    if (news && this.#isFollowing()) this.series.note(Date.now(), this.mirror.users.size);
    if (news) this.view.people();
  }

  #settleFor(ms) {
    clearTimeout(this.#timers.settle);
    this.#settling = ms > 0;
    if (ms > 0) this.#timers.settle = setTimeout(() => this.#settled(), ms);
    else this.#tellSettled();
  }

  #settled() {
    this.#settling = false;
    this.#tellSettled();
    this.#onFeed('live');
  }

  #tellSettled() {
    for (const change of this.mirror.settled(new Date().toISOString())) this.view.change(change);
    this.view.people();
  }

  #onFeed(state, problem) {
    // Who is offline is decided once the feed is live again.
    if (state !== 'live') clearTimeout(this.#timers.settle);
    this.feedState = state === 'live' && this.#settling ? 'settling' : state;
    if (state === 'refused') return this.#refuse(problem);
    this.series.note(Date.now(), this.online());
    this.view.feed(this.feedState, problem);
  }

  #pauseFeed(state) {
    this.feed.stop();
    clearTimeout(this.#timers.settle);
    this.feedState = state;
    this.view.feed(state);
  }

  #refuse(problem) {
    this.stop();
    this.view.refused(problem);
  }

  async #poll() {
    clearTimeout(this.#timers.poll);
    const { signal } = this.#stop;
    const [stats, ready, metrics] = await Promise.allSettled([
      this.api.json('api/v1/stats', signal), this.api.ready(signal), this.api.text('metrics', signal),
    ]);
    if (signal.aborted) return;
    clearTimeout(this.#timers.poll); // there may have been two at a time
    this.#timers.poll = setTimeout(() => this.#poll(), this.#hidden ? kHiddenEveryMs : this.everyMs);
    if (stats.status === 'fulfilled') this.#onStats(stats.value);
    else if (this.#failed(asProblem(stats.reason))) return;
    this.#onFigures(stats.value, ready, metrics);
  }

  // Returns whether there is nothing else to show.
  #failed(problem) {
    if (problem.final) this.#refuse(problem);
    else if (problem.status === 0) this.lostAt ??= Date.now();
    if (!problem.final) this.view.link(problem);
    return problem.final || problem.status === 0;
  }

  #onStats(stats) {
    this.stats = stats;
    this.lostAt = null;
    this.view.link(null);
    this.view.stats(stats);
    if (stats.online > this.most && this.feedState !== 'many') {
      this.mirror.clear();
      this.feed.forget();
      this.#pauseFeed('many');
    } else if (this.feedState === 'many' && stats.online < this.most / 2) {
      this.feed.start();
    }
  }

  #onFigures(stats, ready, metrics) {
    // If /readyz cannot be read (a proxy may block it), use the statistics.
    const said = ready.status === 'fulfilled' ? ready.value : { ready: stats?.ready === true, code: '', detail: asProblem(ready.reason).message };
    if (metrics.status === 'rejected') return this.view.health(examine(said, null, asProblem(metrics.reason).message), null);
    const figures = this.#history.add(new Figures(metrics.value, Date.now()));
    this.view.health(examine(said, figures), figures);
  }
}
