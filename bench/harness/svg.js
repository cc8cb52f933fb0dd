// Plain SVG charts: lines on logarithmic axes, and bars. Every colour can be read on white and on a dark page (harness.test.js checks it);
// there is no background. Series are labelled at their ends, so no legend is needed.
export const kInk = '#737b84';
const kFaint = '#8b949e'; // of lines only
const kFont = 'font-family="system-ui, sans-serif"';
const kWidth = 860;

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const at = (value) => Number(value.toFixed(1));

function text(x, y, words, { anchor = 'start', size = 13, fill = kInk, weight = 400, turn } = {}) {
  const rotate = turn ? ` transform="rotate(${turn} ${at(x)} ${at(y)})"` : '';
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="${fill}"${rotate}>${escape(words)}</text>`;
}

function line(x1, y1, x2, y2, { stroke = kFaint, width = 1, opacity = 0.35 } = {}) {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${stroke}" stroke-width="${width}" stroke-opacity="${opacity}"/>`;
}

function picture(height, title, subtitle, body) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${height}" width="${kWidth}" height="${height}" ${kFont} role="img" aria-label="${escape(title)}">`,
    text(16, 28, title, { size: 17, weight: 600 }),
    ...[subtitle].flat().map((words, i) => text(16, 49 + i * 18, words)),
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

// 1, 2, 5, 10, ... (more of them where the values are close) that lie between, and one on either side where `least` and `most`
// are not among them.
export function logTicks(least, most) {
  const ticks = [];
  const digits = most / least < 15 ? [1, 1.5, 2, 3, 5, 7] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= most * 10; ++power) {
    for (const digit of digits) ticks.push(Number(`${digit}e${power}`));
  }
  const first = ticks.findLastIndex((tick) => tick <= least);
  const last = ticks.findIndex((tick) => tick >= most);
  return ticks.slice(first, last + 1);
}

export function logScale(ticks, from, to) {
  const [low, high] = [Math.log10(ticks[0]), Math.log10(ticks.at(-1))];
  return (value) => from + ((Math.log10(value) - low) / (high - low || 1)) * (to - from);
}

// Moves labels apart, keeping their order: none nearer than `gap` to the next, all between `top` and `bottom`.
export function spreadLabels(labels, gap, top, bottom) {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  let free = top;
  for (const label of sorted) {
    label.y = Math.max(label.y, free);
    free = label.y + gap;
  }
  let end = bottom;
  for (const label of sorted.reverse()) {
    label.y = Math.min(label.y, end);
    end = label.y - gap;
  }
  return labels;
}

// A subtitle may have two lines. `series`: [{title, colour, bold, dashed, points: [[x, y]]}]; `xTick` and `yTick` write the values of the axes.
export function lineChart({ title, subtitle, xTitle, series, xTick, yTick }) {
  const [left, right, top, bottom, height] = [72, kWidth - 250, 96, 440, 496];
  const points = series.flatMap((s) => s.points);
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const xTicks = logTicks(xs[0], xs.at(-1));
  const yTicks = logTicks(Math.min(...points.map((p) => p[1])), Math.max(...points.map((p) => p[1])));
  const x = logScale(xTicks, left, right);
  const y = logScale(yTicks, bottom, top);
  const body = [];
  for (const tick of yTicks) body.push(line(left, y(tick), right, y(tick)), text(left - 10, y(tick) + 4, yTick(tick), { anchor: 'end' }));
  for (const tick of xs) body.push(line(x(tick), bottom, x(tick), bottom + 5, { opacity: 0.8 }), text(x(tick), bottom + 22, xTick(tick), { anchor: 'middle' }));
  body.push(line(left, bottom, right, bottom, { opacity: 0.8 }), text((left + right) / 2, bottom + 46, xTitle, { anchor: 'middle' }));

  const labels = series.map((s) => ({ s, from: y(s.points.at(-1)[1]), y: y(s.points.at(-1)[1]), x: x(s.points.at(-1)[0]) }));
  for (const s of series) {
    const path = s.points.map(([px, py], i) => `${i ? 'L' : 'M'}${at(x(px))} ${at(y(py))}`).join('');
    const dash = s.dashed ? ' stroke-dasharray="5 4"' : '';
    body.push(`<path d="${path}" fill="none" stroke="${s.colour}" stroke-width="${s.bold ? 3.5 : 2}" stroke-linejoin="round"${dash}/>`);
    for (const [px, py] of s.points) body.push(`<circle cx="${at(x(px))}" cy="${at(y(py))}" r="${s.bold ? 4.5 : 3}" fill="${s.colour}"/>`);
  }
  for (const label of spreadLabels(labels, 18, top, bottom)) {
    const { s } = label;
    body.push(line(label.x + 6, label.from, right + 14, label.y, { stroke: s.colour, opacity: 0.6 }));
    const words = `${s.title}  ${yTick(s.points.at(-1)[1])}`;
    body.push(text(right + 18, label.y + 4, words, { fill: s.colour, weight: s.bold ? 700 : 500 }));
  }
  return picture(height, title, subtitle, body);
}

// `bars`: [{title, colour, bold, value, words}], drawn from 0.
export function barChart({ title, subtitle, bars }) {
  const [left, right, top, step, thick] = [190, kWidth - 110, 96, 36, 22];
  const most = Math.max(...bars.map((bar) => bar.value));
  const body = bars.flatMap((bar, i) => {
    const y = top + i * step;
    const width = Math.max(1.5, (bar.value / most) * (right - left));
    const weight = bar.bold ? 700 : 500;
    return [
      text(left - 12, y + thick / 2 + 5, bar.title, { anchor: 'end', fill: bar.colour, weight }),
      `<rect x="${left}" y="${y}" width="${at(width)}" height="${thick}" fill="${bar.colour}" rx="2"/>`,
      text(left + width + 8, y + thick / 2 + 5, bar.words, { fill: bar.colour, weight }),
    ];
  });
  body.push(line(left, top - 8, left, top + bars.length * step - 8, { opacity: 0.8 }));
  return picture(top + bars.length * step + 8, title, subtitle, body);
}
