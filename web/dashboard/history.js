// The readings of /metrics of the last minute, for comparing counters with earlier values. Pure.
import { Growth } from './prometheus.js';

const kKeptMs = 60000;

export class History {
  #readings = [];

  // {now, growth}: the newest reading, and the growth within the last minute (starting over when the process restarts).
  add(figures) {
    const start = figures.sum('process_start_time_seconds');
    this.#readings = this.#readings.filter((old) => old.at >= figures.at - kKeptMs && old.sum('process_start_time_seconds') === start);
    this.#readings.push(figures);
    return { now: figures, growth: new Growth(this.#readings[0], figures) };
  }
}
