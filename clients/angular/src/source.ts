import { InjectionToken } from '@angular/core';
import type { RollcallClient, RollcallOptions } from '@rollcall/client';

/** Options for a client that the application creates and closes; or your own client. */
export type RollcallSource = RollcallOptions | RollcallClient;

export const kSource = new InjectionToken<RollcallSource>('the source of provideRollcall()');
