import type { AuthCode, RefusalCode } from './contract.js';

/** `code` of a {@link RollcallError}: the server's codes, and those of the client. */
export type RollcallErrorCode =
  | RefusalCode
  | AuthCode
  /** No answer in time; also: no connection in time. */
  | 'TIMEOUT'
  /** The connection broke before the answer arrived. */
  | 'DISCONNECTED'
  /** `close()` was called. */
  | 'CLOSED'
  /** `getToken` failed; `cause` has its error. */
  | 'TOKEN_UNAVAILABLE'
  /** The server was not reached, or refused the connection for another reason than those above. */
  | 'CONNECTION_REFUSED';

export class RollcallError extends Error {
  override readonly name = 'RollcallError';
  readonly code: RollcallErrorCode;

  constructor(code: RollcallErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Converts any error to a {@link RollcallError}. */
export function asRollcallError(error: unknown): RollcallError {
  return error instanceof RollcallError ? error : new RollcallError('INTERNAL', String(error), error);
}
