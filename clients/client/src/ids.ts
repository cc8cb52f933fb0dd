// @rollcall/nestjs has the same rules without depending on this package: its ids.ts is a link to this file.

/** The maximum length of a user id, in bytes of UTF-8. */
export const MAX_USER_ID_BYTES = 256;

/** A user id as the application has it. A number is converted: `42` is the user `"42"`. */
export type UserId = string | number;

/** A wrong argument: a mistake in the calling code, not a run-time condition. */
export function badArgument(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'INVALID_PAYLOAD' as const });
}

// A lone surrogate has no UTF-8 encoding: encodeURIComponent throws.
function utf8Bytes(text: string): number {
  if (/^[\0-\x7f]*$/.test(text)) return text.length;
  try {
    return encodeURIComponent(text).replace(/%../g, '.').length;
  } catch {
    return Infinity;
  }
}

/** Describes the wrong value, for an error message. */
export function described(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n: pass String(id)`;
  if (typeof value === 'number' && Number.isInteger(value)) return `${value}, which a number can't hold exactly: keep such ids as strings`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}

/** The id as the server has it. `where` names the function and its argument: `checkUser(userId)`. */
export function userIdOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '' && utf8Bytes(value) <= MAX_USER_ID_BYTES) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw badArgument(
    `${where} must be a user id, a non-empty string of at most ${MAX_USER_ID_BYTES} bytes or an integer; got ${described(value)}`,
  );
}

/** The ids in any iterable, or a single id. */
export function userIdsOf(value: unknown, where: string): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [userIdOf(value, where)];
  if (typeof (value as Iterable<unknown> | null | undefined)?.[Symbol.iterator] !== 'function') {
    throw badArgument(`${where} must be user ids, an array for example; got ${described(value)}`);
  }
  return Array.from(value as Iterable<unknown>, (one, index) => userIdOf(one, where.replace(/\)$/, `[${index}])`)));
}

/** Values by user id; `get` and `has` also take numbers. */
export class ByUserId<T> extends Map<string, T> {
  override get(userId: UserId): T | undefined {
    return super.get(typeof userId === 'number' ? String(userId) : userId);
  }

  override has(userId: UserId): boolean {
    return super.has(typeof userId === 'number' ? String(userId) : userId);
  }
}
