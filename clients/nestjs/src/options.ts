import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { FeedMirrorOptions } from './feed-mirror.js';

export interface RollcallModuleOptions extends FeedMirrorOptions {
  /** How long the application's start waits for the first snapshot: 10,000 ms. */
  startTimeoutMs?: number;
  /** Whether the application must not start without it. `false`: it starts, and everybody is offline until there is one. */
  requireOnStart?: boolean;
}

interface Extras {
  /** `true` unless given: every module can inject the service. */
  isGlobal?: boolean;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: ROLLCALL_OPTIONS } =
  new ConfigurableModuleBuilder<RollcallModuleOptions>({ moduleName: 'Rollcall' })
    .setClassMethodName('forRoot')
    .setExtras<Extras>({ isGlobal: true }, (definition, { isGlobal = true }) => ({ ...definition, global: isGlobal }))
    .build();
