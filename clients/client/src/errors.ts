import { MAX_USER_ID_BYTES, type AuthCode, type RefusalCode } from './contract.js';

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

// A lone surrogate has no UTF-8; encodeURIComponent throws for it.
function utf8Bytes(text: string): number {
  try {
    return encodeURIComponent(text).replace(/%../g, '.').length;
  } catch {
    return Infinity;
  }
}

/** Throws `INVALID_PAYLOAD` for what the server would refuse, so that one bad id does not spoil a batch. */
export function checkUserId(userId: unknown): asserts userId is string {
  if (typeof userId === 'string' && userId !== '' && utf8Bytes(userId) <= MAX_USER_ID_BYTES) return;
  const got = typeof userId === 'string' ? JSON.stringify(userId.slice(0, 40)) : String(userId);
  throw new RollcallError(
    'INVALID_PAYLOAD',
    `A user id must be a non-empty string of at most ${MAX_USER_ID_BYTES} bytes, got ${got}`,
  );
}
