// The live plot: SVG, redrawn every second.
import { element, setText, svg } from './dom.js';
import { extremes } from './series.js';
import { agoWords, areaPath, countTicks, linePath, spanFor, timeTicks } from './shape.js';
import { clock, count, duration } from './words.js';

const kMargin = { top: 10, right: 14, bottom: 24, left: 10 };
const kCharacter = 7.5; // about, of the labels' font
const kColumnPx = 3;

export class Plot {
  #space;
  #words;
  #series;
  #span = 300;
  #pointer = null; // pixels from the left
  #svg = svg('svg', { role: 'img', 'aria-label': 'Users online' });
  #tip = element('p', 'tip');

  constructor({ space, words, series }) {
    this.#space = space;
    this.#words = words;
    this.#series = series;
    this.#tip.hidden = true;
    space.replaceChildren(this.#svg, this.#tip);
    new ResizeObserver(() => this.draw()).observe(space);
    space.addEventListener('pointermove', (event) => this.#point(event.clientX - space.getBoundingClientRect().left));
    space.addEventListener('pointerleave', () => this.#point(null));
  }

  show(series) {
    this.#series = series;
    this.draw();
  }

  set span(seconds) {
    this.#span = seconds;
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.#space;
    if (!this.#series || width < 60 || height < 60) return;
    const now = Date.now();
    const span = spanFor(this.#series.knownFor(now), this.#span);
    const spanMs = span * 1000;
    const { steps, stepMs } = this.#series.window(now, spanMs, Math.max(30, Math.floor(width / kColumnPx)));
    const found = extremes(steps);
    const ticks = countTicks(Math.max(4, (found?.most ?? 0) * 1.05));
    const left = kMargin.left + kCharacter * count(ticks.at(-1)).length;
    const right = width - kMargin.right;
    const bottom = height - kMargin.bottom;
    const frame = {
      now, span, width, height, left, right, bottom, ticks, stepMs, steps,
      x: (at) => Math.max(left, left + ((at - (now - spanMs)) / spanMs) * (right - left)),
      y: (n) => bottom - (n / ticks.at(-1)) * (bottom - kMargin.top),
    };
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#svg.replaceChildren(...this.#axes(frame), ...this.#curve(frame), ...this.#crosshair(frame));
    this.#say(found, span);
  }

  #axes({ span, width, left, right, bottom, ticks, x, y, now }) {
    const lines = ticks.flatMap((tick) => [
      svg('line', { class: tick === 0 ? 'axis' : 'grid', x1: left, x2: right, y1: y(tick), y2: y(tick) }),
      svg('text', { class: 'label', x: left - 6, y: y(tick) + 4, 'text-anchor': 'end' }, count(tick)),
    ]);
    const anchor = (ago) => (ago === 0 ? 'end' : ago === span ? 'start' : 'middle'); // within the plot
    const times = timeTicks(span, width < 480).map((ago) =>
      svg('text', { class: 'label', x: x(now - ago * 1000), y: bottom + 18, 'text-anchor': anchor(ago) }, agoWords(ago)),
    );
    return [...lines, ...times];
  }

  #curve(frame) {
    const newest = frame.steps.at(-1);
    const parts = [svg('path', { class: 'area', d: areaPath(frame.steps, frame) }), svg('path', { class: 'curve', d: linePath(frame.steps, frame) })];
    if (newest) parts.push(svg('circle', { class: 'tip-dot', cx: frame.right, cy: frame.y(newest.last), r: 4 }));
    return parts;
  }

  #crosshair({ steps, stepMs, x, y, left, right, bottom, width }) {
    const step = this.#pointer === null ? null : steps.find((one) => one && x(one.at) <= this.#pointer && this.#pointer < x(one.at + stepMs));
    this.#tip.hidden = !step;
    if (!step) return [];
    const at = Math.min(right, Math.max(left, this.#pointer));
    const range = step.least === step.most ? count(step.last) : `${count(step.least)} to ${count(step.most)}`;
    setText(this.#tip, `${clock(step.at)} · ${range}`);
    this.#tip.classList.toggle('before', at > width / 2);
    this.#tip.style.left = `${at}px`;
    return [
      svg('line', { class: 'cross', x1: at, x2: at, y1: kMargin.top, y2: bottom }),
      svg('circle', { class: 'tip-dot', cx: at, cy: y(step.last), r: 3.5 }),
    ];
  }

  #point(place) {
    this.#pointer = place;
    this.draw();
  }

  #say(found, span) {
    const words = wordsFor(found);
    setText(this.#words, words);
    this.#svg.setAttribute('aria-label', `Users online in the last ${duration(span)}. ${words}.`);
  }
}

function wordsFor(found) {
  if (!found) return 'No data yet';
  if (found.least === found.most) return `Always ${count(found.most)} since ${clock(found.from)}`;
  return `Lowest ${count(found.least)} at ${clock(found.leastAt)}, highest ${count(found.most)} at ${clock(found.mostAt)}`;
}
