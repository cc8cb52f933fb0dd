import { InjectionToken } from '@angular/core';
import type { RollcallClient, RollcallOptions } from '@rollcall/client';

/** Options of a client that the application makes, and ends; or a client that is yours. */
export type RollcallSource = RollcallOptions | RollcallClient;

export const kSource = new InjectionToken<RollcallSource>('the source of provideRollcall()');
