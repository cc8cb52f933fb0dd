// Statistics over several rounds.

export function median(values) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// The median of the rounds' ratios: a disturbance of a whole round affects both sides alike. `above` and `below` are Maps
// from round to value.
export function ratio(above, below) {
  const ratios = [];
  for (const [round, value] of above) {
    if (below.get(round) > 0) ratios.push(value / below.get(round));
  }
  return median(ratios);
}

// The spread of the rounds: (largest - smallest) / median.
export function spread(values) {
  return values.length < 2 ? 0 : (Math.max(...values) - Math.min(...values)) / median(values);
}

// Such measurements have three significant digits at most.
export function threeDigits(value) {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (value >= 1000) return Math.round(Number(value.toPrecision(3))).toLocaleString('en');
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(2);
}
