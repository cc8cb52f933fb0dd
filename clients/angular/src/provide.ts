import { ENVIRONMENT_INITIALIZER, inject, makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import { RollcallService } from './rollcall.service.js';
import { kSource, type RollcallSource } from './source.js';

/**
 * Add `provideRollcall({ url, getToken })` to the application's providers; or pass a function that returns the options and may use
 * `inject()`. It connects when the application starts in a browser: a user with the page open is online.
 */
export function provideRollcall(source: RollcallSource | (() => RollcallSource)): EnvironmentProviders {
  return makeEnvironmentProviders([
    typeof source === 'function' ? { provide: kSource, useFactory: source } : { provide: kSource, useValue: source },
    RollcallService,
    { provide: ENVIRONMENT_INITIALIZER, multi: true, useValue: () => inject(RollcallService).connect() },
  ]);
}
