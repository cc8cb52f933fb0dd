// The ticks of the plot's axes, and its paths. Pure.

// Whole numbers for the count axis, starting at 0 so that half as many look like half: [0, 5, 10].
export function countTicks(most, wanted = 4) {
  const rough = Math.max(1, most / wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const ticks = [];
  for (let tick = 0; ; tick += step) {
    ticks.push(tick);
    if (tick >= most && ticks.length > 1) return ticks;
  }
}

// The time span to show: shorter at first, so that little data is not squeezed into a corner.
export function spanFor(knownSeconds, wantedSeconds) {
  if (wantedSeconds > 300) return wantedSeconds;
  return [60, 120].find((span) => knownSeconds <= span) ?? wantedSeconds;
}

// How long ago, in seconds, oldest first: [300, 240, ..., 0].
export function timeTicks(spanSeconds, narrow) {
  const steps = { 60: 15, 120: 30, 300: 60, 3600: 600 };
  const step = (steps[spanSeconds] ?? spanSeconds / 5) * (narrow ? 2 : 1);
  const ticks = [];
  for (let ago = 0; ago <= spanSeconds; ago += step) ticks.unshift(ago);
  return ticks;
}

export function agoWords(seconds) {
  if (seconds === 0) return 'now';
  if (seconds % 3600 === 0) return `−${seconds / 3600} h`;
  return seconds % 60 === 0 ? `−${seconds / 60} min` : `−${seconds} s`;
}

const rounded = (n) => Math.round(n * 10) / 10;

// Runs of known steps, each drawn separately: unknown steps leave a gap.
function stretches(steps) {
  const found = [];
  let open = null;
  for (const step of steps) {
    if (step && !open) found.push((open = []));
    if (step) open.push(step);
    else open = null;
  }
  return found;
}

// `x` and `y` map times and counts to coordinates; nothing is drawn beyond `right`.
// A stepped line; a vertical stroke spans the least and the most within a step.
export function linePath(steps, { x, y, stepMs, right }) {
  let path = '';
  for (const stretch of stretches(steps)) {
    stretch.forEach((step, index) => {
      const begin = rounded(Math.min(Math.max(0, x(step.at)), right));
      path += index === 0 ? `M${begin},${rounded(y(step.least))}` : `V${rounded(y(step.least))}`;
      if (step.most !== step.least) path += `V${rounded(y(step.most))}`;
      if (step.last !== step.most) path += `V${rounded(y(step.last))}`;
      path += `H${rounded(Math.min(x(step.at + stepMs), right))}`;
    });
  }
  return path;
}

// The same, filled down to 0.
export function areaPath(steps, { x, y, stepMs, right }) {
  let path = '';
  for (const stretch of stretches(steps)) {
    path += `M${rounded(Math.max(0, x(stretch[0].at)))},${rounded(y(0))}`;
    for (const step of stretch) path += `V${rounded(y(step.last))}H${rounded(Math.min(x(step.at + stepMs), right))}`;
    path += `V${rounded(y(0))}Z`;
  }
  return path;
}
