// Readings of /metrics of the last minute, so that counters can be compared with what they were. Pure.
import { Growth } from './prometheus.js';

const kKeptMs = 60000;

export class History {
  #readings = [];

  // {now, growth}: the newest reading, and what has grown within the last minute (of this process: a new one begins anew).
  add(figures) {
    const start = figures.sum('process_start_time_seconds');
    this.#readings = this.#readings.filter((old) => old.at >= figures.at - kKeptMs && old.sum('process_start_time_seconds') === start);
    this.#readings.push(figures);
    return { now: figures, growth: new Growth(this.#readings[0], figures) };
  }
}
