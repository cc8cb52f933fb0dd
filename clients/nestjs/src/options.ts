import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { FeedMirrorOptions } from './feed-mirror.js';

export interface RollcallModuleOptions extends FeedMirrorOptions {
  /** How long startup waits for the first snapshot. Default: 10,000 ms. */
  startTimeoutMs?: number;
  /** Whether startup fails without it. `false`: the application starts, and all users are offline until there is a snapshot. */
  requireOnStart?: boolean;
}

interface Extras {
  /** Whether every module can inject the service. Default: `true`. */
  isGlobal?: boolean;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: ROLLCALL_OPTIONS } =
  new ConfigurableModuleBuilder<RollcallModuleOptions>({ moduleName: 'Rollcall' })
    .setClassMethodName('forRoot')
    .setExtras<Extras>({ isGlobal: true }, (definition, { isGlobal = true }) => ({ ...definition, global: isGlobal }))
    .build();
