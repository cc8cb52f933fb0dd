import type { AuthCode, RefusalCode } from './contract.js';

/** `code` of a {@link RollcallError}: the server's own codes, and what can go wrong on this side. */
export type RollcallErrorCode =
  | RefusalCode
  | AuthCode
  /** No answer in time; also: no connection in time. */
  | 'TIMEOUT'
  /** The connection broke before the answer came. */
  | 'DISCONNECTED'
  /** `close()` was called. */
  | 'CLOSED'
  /** `getToken` failed; `cause` has its error. */
  | 'TOKEN_UNAVAILABLE'
  /** The server did not let the connection in, and not for one of the reasons above. */
  | 'CONNECTION_REFUSED';

export class RollcallError extends Error {
  override readonly name = 'RollcallError';
  readonly code: RollcallErrorCode;

  constructor(code: RollcallErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Any error as one of ours. */
export function asRollcallError(error: unknown): RollcallError {
  return error instanceof RollcallError ? error : new RollcallError('INTERNAL', String(error), error);
}
