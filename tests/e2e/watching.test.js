// The Grafana dashboard and the alert rules that come with rollcall: every query is PromQL, and asks for what /metrics really
// exposes, by labels and values that it has.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parser } from '@prometheus-io/lezer-promql';
import { parse as parseYaml } from 'yaml';
import { scratch } from './support/files.js';
import { request } from './support/polling.js';
import { scrape } from './support/metrics.js';
import { startServer } from './support/server.js';

const file = (path) => readFileSync(fileURLToPath(new URL(`../../packaging/${path}`, import.meta.url)), 'utf8');
const dashboard = JSON.parse(file('grafana/rollcall.json'));
const rules = parseYaml(file('prometheus/rollcall.rules.yml'));
// What Prometheus adds: of the target itself, and to every series.
const kOfPrometheus = new Map([['up', new Map([['job', new Set()]])]]);
const kTargetLabels = ['instance', 'job'];

// With TLS, so that all is exposed that there is.
const files = scratch();
const [key, cert] = [files.path('key.pem'), files.path('cert.pem')];
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
const server = await startServer({ env: { ROLLCALL_SERVER_TLS_CERT: cert, ROLLCALL_SERVER_TLS_KEY: key } });
after(() => server.stop());

// {metric, matchers: [label, operator, value]} for each selector, and all labels that are grouped or joined by.
function readQuery(query) {
  const text = query.replaceAll('$__rate_interval', '5m');
  const selectors = [];
  const grouping = [];
  const part = ({ from, to }) => text.slice(from, to);
  parser.parse(text).iterate({
    enter(node) {
      assert.equal(node.type.isError, false, `not PromQL at ${node.from}: ${query}`);
      if (node.name === 'VectorSelector') {
        const matchers = node.node.getChildren('LabelMatchers').flatMap((list) => list.getChildren('UnquotedLabelMatcher'));
        selectors.push({
          metric: part(node.node.getChild('Identifier')),
          matchers: matchers.map((one) => [part(one.getChild('LabelName')), part(one.getChild('MatchOp')), JSON.parse(part(one.getChild('StringLiteral')))]),
        });
      }
      if (node.name === 'GroupingLabels') grouping.push(...node.node.getChildren('LabelName').map(part));
    },
  });
  return { selectors, grouping };
}

let exposed; // name -> label -> values
before(async () => {
  await request(`${server.url}/healthz`);
  exposed = new Map(kOfPrometheus);
  for (const { name, labels } of (await scrape(server)).samples) {
    if (!exposed.has(name)) exposed.set(name, new Map());
    for (const [label, value] of Object.entries(labels)) {
      const known = exposed.get(name);
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
  }
});

function check(query) {
  const { selectors, grouping } = readQuery(query);
  assert.ok(selectors.length > 0, query);
  for (const { metric, matchers } of selectors) {
    assert.ok(exposed.has(metric), `${metric} is not exposed: ${query}`);
    for (const [label, operator, value] of matchers) {
      if (kTargetLabels.includes(label)) continue;
      const values = exposed.get(metric).get(label);
      assert.ok(values, `${metric} has no label ${label}: ${query}`);
      if (operator === '=') assert.ok(values.has(value), `${metric} has no ${label} ${value}: ${query}`);
    }
  }
  const labels = new Set([...kTargetLabels, ...selectors.flatMap(({ metric }) => [...exposed.get(metric).keys()])]);
  for (const label of grouping) assert.ok(labels.has(label), `nothing has the label ${label}: ${query}`);
  return { selectors, labels };
}

test('the check finds what is wrong', () => {
  assert.throws(() => check('rate(rollcall_users_online[5m]'), /not PromQL/);
  assert.throws(() => check('rollcall_users'), /is not exposed/);
  assert.throws(() => check('rollcall_connections{transfer="polling"}'), /has no label transfer/);
  assert.throws(() => check('rollcall_connections{transport="pigeon"}'), /has no transport pigeon/);
  assert.throws(() => check('sum by (reason) (rollcall_connections)'), /has the label reason/);
  check('sum by (instance, transport) (rollcall_connections{transport="polling"})');
});

describe('the Grafana dashboard', () => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');

  for (const { title, targets } of panels) {
    test(`${title}: its queries can be answered`, () => {
      assert.ok(targets.length > 0);
      for (const { expr, legendFormat } of targets) {
        const { selectors, labels } = check(expr);
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) assert.ok(labels.has(label), `${legendFormat} of ${expr}`);
        // What it shows is of the servers that were chosen.
        assert.ok(selectors.some(({ matchers }) => matchers.some(([label, , value]) => label === 'instance' && value === '$instance')), expr);
      }
    });
  }

  test('what may be chosen is exposed, too', () => {
    const [datasource, instance] = dashboard.templating.list;
    assert.equal(datasource.type, 'datasource');
    const [, metric] = /^label_values\((\w+), instance\)$/.exec(instance.query.query);
    assert.ok(exposed.has(metric));
  });

  test('panels neither overlap nor share an id, and each says what it shows in its unit', () => {
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    const taken = new Set();
    for (const { title, gridPos } of dashboard.panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; ++x) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; ++y) {
          assert.ok(!taken.has(`${x} ${y}`), `${title} lies on another panel`);
          taken.add(`${x} ${y}`);
        }
      }
    }
    for (const { title, datasource, fieldConfig } of panels) {
      assert.equal(datasource.uid, '${datasource}', title);
      assert.ok(fieldConfig.defaults.unit, title);
    }
  });

  test('everything that is exposed is shown somewhere, or in an alert', () => {
    const queries = [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...allRules().map(({ expr }) => expr)].join('\n');
    const unused = [...exposed.keys()].filter((name) => !queries.includes(name.replace(/_(sum|count)$/, '_bucket')) && !queries.includes(name));
    // For those who look closer.
    assert.deepEqual(unused.sort(), [
      'process_virtual_memory_bytes', 'rollcall_connections_upgraded_total', 'rollcall_disconnects_total', 'rollcall_feed_changes_total',
      'rollcall_reloads_total', 'rollcall_tcp_accepted_total', 'rollcall_tcp_connections', 'rollcall_user_connections', 'rollcall_worker_connections',
      'rollcall_worker_turn_age_seconds', 'rollcall_worker_turns_total',
    ]);
  });
});

function allRules() {
  return rules.groups.flatMap((group) => group.rules);
}

describe('the alerts', () => {
  for (const { alert, expr, labels, annotations, ...others } of allRules()) {
    test(`${alert} can come about, and says of whom and what`, () => {
      const { labels: known } = check(expr);
      assert.match(alert, /^Rollcall[A-Z][A-Za-z]+$/);
      assert.ok(['page', 'ticket'].includes(labels.severity));
      assert.match(annotations.summary, /\{\{ \$labels\.instance \}\}/);
      for (const [, label] of annotations.summary.matchAll(/\$labels\.(\w+)/g)) assert.ok(known.has(label), label);
      assert.ok(Object.keys(others).every((key) => key === 'for'), Object.keys(others).join());
      if (others.for) assert.match(others.for, /^\d+[sm]$/);
    });
  }
});
