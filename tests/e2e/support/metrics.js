// What /metrics says. Read here, line by line, and to be compared with what Prometheus' own parser makes of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { request } from './polling.js';

const kSample = /^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? ([-+.0-9e]+)$/;
const kLabel = /([a-z]+)="((?:[^"\\]|\\.)*)"/g;
const kEscapes = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

function readSample(line) {
  const match = kSample.exec(line);
  assert.ok(match, `a line of /metrics is none: ${line}`);
  const labels = [...(match[2] ?? '').matchAll(kLabel)].map(([, label, text]) => [label, text.replace(/\\./g, (escape) => kEscapes[escape])]);
  return { name: match[1], labels: Object.fromEntries(labels), value: Number(match[3]) };
}

export class Metrics {
  samples = [];
  families = new Map(); // by name: {help, type}

  constructor(text) {
    this.text = text;
    assert.ok(text.endsWith('\n'));
    for (const line of text.slice(0, -1).split('\n')) {
      const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
      if (!comment) {
        this.samples.push(readSample(line));
        continue;
      }
      const [, what, name, said] = comment;
      this.families.set(name, { ...this.families.get(name), [what.toLowerCase()]: said });
    }
  }

  // The one sample with these labels; 0 if there is none of a kind that is counted as it comes up.
  value(name, labels = {}) {
    assert.ok(this.families.has(name.replace(/_(count|sum|bucket)$/, '')) || this.families.has(name), `there is no metric ${name}`);
    const fits = (sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === String(value));
    const found = this.samples.filter(fits);
    assert.ok(found.length <= 1, `${name} ${JSON.stringify(labels)} is ${found.length} samples`);
    return found.length === 1 ? found[0].value : 0;
  }

  of(name) {
    return this.samples.filter((sample) => sample.name === name);
  }
  sum(name) {
    return this.of(name).reduce((sum, { value }) => sum + value, 0);
  }
}

// The same by the parser of Prometheus' client for Python, a Debian package: {name: {help, type, samples}}.
export function parsedByPrometheus(text) {
  const program = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as parse
print(json.dumps({f.name: {"type": f.type, "help": f.documentation,
  "samples": [{"name": s.name, "labels": s.labels, "value": s.value} for s in f.samples]} for f in parse(sys.stdin.read())}))`;
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', program], { input: text, encoding: 'utf8' }));
}

export async function scrape(server, options) {
  const answer = await request(`${server.url}/metrics`, options);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  return new Metrics(answer.text);
}

// How much more has been counted than `before`, by the same name and labels.
export async function increase(server, before) {
  const now = await scrape(server);
  return (name, labels) => now.value(name, labels) - before.value(name, labels);
}
