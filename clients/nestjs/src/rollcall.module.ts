import { Module, type FactoryProvider } from '@nestjs/common';
import { ConfigurableModuleClass, ROLLCALL_OPTIONS, type RollcallModuleOptions } from './options.js';
import { PresenceService } from './presence.service.js';

// Made when the first snapshot is there: in `onModuleInit` it would come too late for those whose own is called before.
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
 * Whoever gets the service injected gets it with the first snapshot.
 */
@Module({ providers: [service], exports: [PresenceService] })
export class RollcallModule extends ConfigurableModuleClass {}
