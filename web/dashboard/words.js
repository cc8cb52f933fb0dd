// Formats figures for people. Pure.

export const count = (n) => Math.round(n).toLocaleString('en');
export const counted = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export function percent(share) {
  if (!Number.isFinite(share)) return '–';
  const value = share * 100;
  return value > 0 && value < 1 ? '< 1 %' : `${Math.round(value)} %`;
}

// Two parts of a whole, which add up.
export function shares(a, b) {
  if (a < b) return shares(b, a).reverse();
  const less = percent(b / (a + b));
  return [less.startsWith('<') ? '> 99 %' : `${100 - Number.parseInt(less, 10)} %`, less];
}

const kSizes = ['bytes', 'KB', 'MB', 'GB', 'TB'];
export function bytes(n) {
  let size = 0;
  for (; n >= 1000 && size < kSizes.length - 1; ++size) n /= 1000;
  return `${size === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${kSizes[size]}`;
}

// For machine times: from a tenth of a millisecond.
export function moment(seconds) {
  if (seconds >= 1) return `${Number(seconds.toFixed(1))} s`;
  return `${Number((seconds * 1000).toPrecision(2))} ms`;
}

// For people: the two largest units.
const kUnits = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
export function duration(seconds) {
  let left = Math.max(0, Math.floor(seconds));
  const parts = [];
  for (const [unit, size] of kUnits) {
    const n = Math.floor(left / size);
    left -= n * size;
    if (n > 0) parts.push(`${n} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}

export const clock = (time) => new Date(time).toLocaleTimeString('en-GB');
// With the day, unless it is today.
export function dayAndClock(time, now = Date.now()) {
  const date = new Date(time);
  if (date.toDateString() === new Date(now).toDateString()) return clock(date);
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${clock(date)}`;
}

// The server's sentences contain ISO timestamps.
const kTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
export const withClocks = (text, now) => text.replace(kTime, (time) => dayAndClock(time, now));
