// Parses /metrics (Prometheus' text format), and computes the growth between two readings. Pure.

const kSample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const kLabel = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const kEscapes = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

function numberOf(text) {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

function labelsOf(text) {
  const labels = {};
  for (const [, name, value] of (text ?? '').matchAll(kLabel)) labels[name] = value.replace(/\\./g, (escape) => kEscapes[escape] ?? escape);
  return labels;
}

export class Figures {
  #samples = new Map(); // by name, [{labels, value}]

  // Skips lines that are not samples.
  constructor(text, at = 0) {
    this.at = at; // ms
    for (const line of text.split('\n')) {
      const match = line.startsWith('#') ? null : kSample.exec(line);
      if (!match || Number.isNaN(numberOf(match[3]))) continue;
      const sample = { labels: labelsOf(match[2]), value: numberOf(match[3]) };
      if (this.#samples.has(match[1])) this.#samples.get(match[1]).push(sample);
      else this.#samples.set(match[1], [sample]);
    }
  }

  get size() {
    return this.#samples.size;
  }

  // The sum of all samples of that name with these labels; 0 if there are none.
  sum(name, labels = {}) {
    const fits = (sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
    return (this.#samples.get(name) ?? []).filter(fits).reduce((sum, { value }) => sum + value, 0);
  }

  // Map of a label's values to their sums, in the order of the text.
  by(name, label) {
    const sums = new Map();
    for (const { labels, value } of this.#samples.get(name) ?? []) {
      const key = labels[label] ?? '';
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return sums;
  }
}

// The growth of counters between two readings. After a restart they start at 0.
export class Growth {
  constructor(before, now) {
    this.before = before;
    this.now = now;
    this.seconds = Math.max(0, (now.at - before.at) / 1000);
  }

  // The time span in words: "in the last 8 s"; null while there is only one reading.
  get within() {
    if (this.seconds === 0) return null;
    return this.seconds >= 55 ? 'in the last minute' : `in the last ${Math.round(this.seconds)} s`;
  }

  sum(name, labels) {
    const now = this.now.sum(name, labels);
    const before = this.before.sum(name, labels);
    return now >= before ? now - before : now;
  }

  by(name, label) {
    const before = this.before.by(name, label);
    const grown = [...this.now.by(name, label)].map(([key, now]) => [key, now >= (before.get(key) ?? 0) ? now - (before.get(key) ?? 0) : now]);
    return new Map(grown);
  }

  // The bound below which this share of a histogram's new values lies: {bound, of}; null if there are none.
  below(name, share) {
    const buckets = [...this.by(`${name}_bucket`, 'le')].map(([le, up]) => [numberOf(le), up]).sort(([a], [b]) => a - b);
    const of = buckets.at(-1)?.[1] ?? 0;
    if (of === 0) return null;
    return { bound: buckets.find(([, up]) => up >= share * of)[0], of };
  }
}
