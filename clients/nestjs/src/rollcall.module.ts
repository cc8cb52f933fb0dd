import { Module, type FactoryProvider } from '@nestjs/common';
import { ConfigurableModuleClass, ROLLCALL_OPTIONS, type RollcallModuleOptions } from './options.js';
import { PresenceService } from './presence.service.js';

// Created after the first snapshot: `onModuleInit` would be too late for services whose own is called earlier.
const service: FactoryProvider<PresenceService> = {
  provide: PresenceService,
  inject: [ROLLCALL_OPTIONS],
  useFactory: async (options: RollcallModuleOptions) => {
    const presence = new PresenceService(options);
    await presence.start();
    return presence;
  },
};

/**
 * `RollcallModule.forRoot({ url, apiKey })`, or `forRootAsync({ inject, useFactory })`, once, in the application's module.
 * The service is injected only after the first snapshot.
 */
@Module({ providers: [service], exports: [PresenceService] })
export class RollcallModule extends ConfigurableModuleClass {}
