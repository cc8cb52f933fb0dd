// The service that users had before the presence server was one of its own, as it was but for the line that imports the gateway:
// compiled as NestJS projects are, against the package as it is published, and run.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { closeAll } from '../../../tests/e2e/support/client.js';
import { installPacked } from '../../test-support/packed.js';
import { within } from '../../../tests/e2e/support/wait.js';
import { kApiKey } from '../../test-support/fake-api.js';
import { playedWorld, realWorld } from '../../test-support/worlds.js';

const require = createRequire(import.meta.url);
const kFolder = fileURLToPath(new URL('../../../node_modules/.rollcall-nest', import.meta.url));
const kSeed = readFileSync(new URL('./notifications.service.txt', import.meta.url), 'utf8');

// The class calls a method that the text does not show.
const kStub = `
export interface NotificationsService {
  queued: [string, string][];
  queueNotification(userId: string, message: string): Promise<void>;
}
NotificationsService.prototype.queueNotification = async function (userId, message) {
  (this.queued ??= []).push([userId, message]);
};
`;

// And the README, which says how.
const kReadme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const sample = (language, which) => [...kReadme.matchAll(/^```(\w+)\n(.*?)^```/gms)].filter(([, kind]) => kind === language)[which][2];

// As `nest new` makes it, but strict.
const kConfig = {
  compilerOptions: {
    module: 'commonjs',
    declaration: true,
    removeComments: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    allowSyntheticDefaultImports: true,
    target: 'ES2021',
    sourceMap: true,
    outDir: './dist',
    baseUrl: './',
    strict: true,
    types: ['node'],
  },
  include: ['src'],
};

before(() => {
  rmSync(kFolder, { recursive: true, force: true });
  mkdirSync(join(kFolder, 'src/notifications'), { recursive: true });
  installPacked('nestjs', kFolder);
  const [line] = /^import .*$/m.exec(sample('ts', 1));
  const changed = kSeed.replace(/^import \{ MessagesGateway \} from '[^']*';$/m, line);
  const before = kSeed.split('\n');
  assert.equal(changed.split('\n').filter((line, i) => line !== before[i]).length, 1, 'one line differs');
  writeFileSync(join(kFolder, 'src/notifications/notifications.service.ts'), changed + kStub);
  writeFileSync(join(kFolder, 'src/app.module.ts'), sample('ts', 0));
  writeFileSync(join(kFolder, 'package.json'), '{}');
  writeFileSync(join(kFolder, 'tsconfig.json'), JSON.stringify(kConfig));
  const { status, stdout } = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', kFolder], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});
after(() => rmSync(kFolder, { recursive: true, force: true }));

async function start(url) {
  process.env.ROLLCALL_URL = url;
  process.env.ROLLCALL_API_KEY = kApiKey;
  // Read anew, for the module has its options when it is loaded.
  const file = join(kFolder, 'dist/app.module.js');
  delete require.cache[file];
  const { AppModule } = require(file);
  const { NotificationsService } = require(join(kFolder, 'dist/notifications/notifications.service.js'));
  const app = await NestFactory.createApplicationContext(AppModule, { abortOnError: false, logger: false });
  return { app, service: app.get(NotificationsService, { strict: false }) };
}

test('the mirror without NestJS follows who comes and goes', async () => {
  const world = await playedWorld();
  world.come('ann');
  writeFileSync(join(kFolder, 'mirror.mjs'), sample('js', 0).replace('http://localhost:3000', world.url));
  const child = spawn(process.execPath, [join(kFolder, 'mirror.mjs')], {
    env: { ...process.env, ROLLCALL_API_KEY: kApiKey },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await within(lines.next(), 10000, 'a line')).value;
  assert.equal(await next(), "[ 'ann' ]");
  world.come('bob');
  assert.equal(await next(), 'bob came');
  world.go('ann');
  assert.match(await next(), /^ann went, last seen 2026-01-04T/);
  child.kill();
  await world.stop();
});

for (const [name, world] of Object.entries({ 'a server that is played': await playedWorld(), 'the real server': await realWorld() })) {
  describe(`the service of before, with ${name}`, () => {
    let app, service, presence;
    before(async () => {
      await world.come('ann');
      ({ app, service } = await start(world.url));
      presence = service.messagesGateway;
    });
    after(async () => {
      await app?.close();
      closeAll();
      await world.stop();
    });

    test('counts who is online, as soon as the application is up', async () => {
      assert.equal(await service.getActiveUsersCount(), 1);
      assert.deepEqual(presence.getOnlineUsers(), ['ann']);
      assert.deepEqual(Object.keys(presence.getUserOnlineStatus('ann')), ['online', 'lastActive', 'connectedAt']);
    });

    test('sends to who is online', async () => {
      assert.deepEqual(await service.sendNotification('ann', 'Hello'), { sent: true, method: 'realtime' });
      assert.deepEqual(await world.received('ann', 'notification'), { message: 'Hello' });
    });

    test('queues for who is not, until they come', async () => {
      assert.deepEqual(await service.sendNotification('bob', 'Later'), { sent: true, method: 'queued' });
      assert.deepEqual(service.queued, [['bob', 'Later']]);
      const came = new Promise((resolve) => presence.onUserOnline(resolve));
      await world.come('bob');
      assert.equal((await within(came, 10000, 'bob')).userId, 'bob');
      assert.deepEqual(await service.sendNotification('bob', 'Now'), { sent: true, method: 'realtime' });
      assert.deepEqual(await world.received('bob', 'notification'), { message: 'Now' });
      assert.equal(await service.getActiveUsersCount(), 2);
      const went = new Promise((resolve) => presence.onUserOffline(resolve));
      await world.go('bob');
      assert.equal((await within(went, 10000, 'bob to go')).userId, 'bob');
      assert.equal((await service.sendNotification('bob', 'Too late')).method, 'queued');
    });
  });
}
