// Tokens as a backend would make them (jsonwebtoken), and as an attacker would (by hand).
import { createHmac, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';

export const kSecret = 'a-secret-for-the-end-to-end-tests-only-0123456789';

export const nowSeconds = () => Math.floor(Date.now() / 1000);

// A good token; any claim can be overridden, or left out by undefined.
export function token(sub, claims = {}, { key = kSecret, algorithm = 'HS256', keyid } = {}) {
  const payload = { sub, exp: nowSeconds() + 3600, ...claims };
  for (const [name, value] of Object.entries(payload)) if (value === undefined) delete payload[name];
  return jwt.sign(payload, key, { algorithm, ...(keyid && { keyid }) });
}

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

// Header and payload as given, whatever they are, signed with HMAC-SHA256.
export function forge(header, payload, key = kSecret) {
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

export function unsigned(header, payload) {
  return `${part(header)}.${part(payload)}.`;
}

export function rsaKeys() {
  return pems(generateKeyPairSync('rsa', { modulusLength: 2048 }));
}

export function ecKeys(namedCurve = 'P-256') {
  return pems(generateKeyPairSync('ec', { namedCurve }));
}

function pems({ publicKey, privateKey }) {
  return {
    public: publicKey.export({ type: 'spki', format: 'pem' }),
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    jwk: publicKey.export({ format: 'jwk' }),
  };
}
