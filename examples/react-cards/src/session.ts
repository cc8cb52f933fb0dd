import { createRollcall, type RollcallClient } from '@rollcall/client';

// Where the server is, and who we are: `#token=…&server=…` in the address, as in the links that the server prints. A real
// application knows its server, and gets the token from its own backend whenever `getToken` is called.
const given = new URLSearchParams(location.hash.slice(1));

export const serverUrl = given.get('server') ?? 'http://localhost:3000';
export const givenToken = given.get('token');

export function enter(token: string): RollcallClient {
  return createRollcall({ url: serverUrl, getToken: () => token });
}
