import { ENVIRONMENT_INITIALIZER, inject, makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import { RollcallService } from './rollcall.service.js';
import { kSource, type RollcallSource } from './source.js';

/**
 * `provideRollcall({ url, getToken })` among the application's providers; or a function that gives the options, in which
 * `inject()` can be used. It connects when the application starts in a page: whoever has the page open is online.
 */
export function provideRollcall(source: RollcallSource | (() => RollcallSource)): EnvironmentProviders {
  return makeEnvironmentProviders([
    typeof source === 'function' ? { provide: kSource, useFactory: source } : { provide: kSource, useValue: source },
    RollcallService,
    { provide: ENVIRONMENT_INITIALIZER, multi: true, useValue: () => inject(RollcallService).connect() },
  ]);
}
