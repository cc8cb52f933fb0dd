// Timers that go off when the test says so, each at its own time, in order. Those of node:test are not in every Node.
const kReal = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
const timers = new Map();
let now = 0;
let last = 0;

export function fakeTimers() {
  timers.clear();
  globalThis.setTimeout = (run, ms = 0) => {
    last += 1;
    // As the real one does with what is too long for it.
    timers.set(last, { at: now + (ms < 2 ** 31 ? Math.max(ms, 0) : 1), run });
    return last;
  };
  globalThis.clearTimeout = (id) => void timers.delete(id);
}

export function realTimers() {
  Object.assign(globalThis, kReal);
}

// Promises that are ready have been heard of.
export const settled = () => new Promise((resolve) => setImmediate(resolve));

export async function pass(ms) {
  const end = now + ms;
  for (await settled(); ; await settled()) {
    const next = [...timers].reduce((best, one) => (one[1].at <= end && (!best || one[1].at < best[1].at) ? one : best), undefined);
    if (!next) break;
    const [id, { at, run }] = next;
    timers.delete(id);
    now = at;
    run();
  }
  now = end;
}
