import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const ISSUER = 'BALscope';
const SECRET_BYTES = 20;
/** So many steps of 30 seconds may a clock be off, either way. */
const STEPS_OFF = 1;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const RECOVERY_CODES = 10;
/** 120 bits: a plain hash of them tells nothing. */
const RECOVERY_BYTES = 15;

/** Secrets of authenticators (RFC 6238: SHA-1, six digits, 30 s, which all of them know), sealed for the database. */
export interface Authenticators {
  /** @returns the secret for the user, and sealed for the row of this user and no other */
  draw(user: { id: string; email: string }): { secret: string; uri: string; sealed: Uint8Array };
  /** @returns the time step that the code belongs to; undefined when it is wrong or the secret cannot be opened */
  stepOf(code: string, userId: string, sealed: Uint8Array): number | undefined;
}

/** @param masterSecret what the key that seals is derived from */
export function openAuthenticators(masterSecret: string): Authenticators {
  const key = Buffer.from(hkdfSync('sha256', masterSecret, '', 'balscope authenticator secrets', 32));
  return {
    draw: ({ id, email }) => {
      const secret = new Secret({ size: SECRET_BYTES });
      const uri = new TOTP({ issuer: ISSUER, label: email, secret }).toString();
      return { secret: secret.base32, uri, sealed: seal(key, id, secret.bytes) };
    },
    stepOf: (code, userId, sealed) => {
      const bytes = open(key, userId, sealed);
      if (!bytes) return undefined;
      const totp = new TOTP({ secret: new Secret({ buffer: new Uint8Array(bytes).buffer }) });
      const timestamp = Date.now();
      const off = totp.validate({ token: code.replaceAll(' ', ''), window: STEPS_OFF, timestamp });
      return off === null ? undefined : totp.counter({ timestamp }) + off;
    },
  };
}

/** The codes to show once, and what is kept of them. */
export function drawRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = new Secret({ buffer: new Uint8Array(randomBytes(RECOVERY_BYTES)).buffer });
    return base32.toLowerCase().replace(/.{6}(?=.)/g, '$&-');
  });
  return { codes, hashes: codes.map(hashRecoveryCode) };
}

/** However it was typed. */
export function hashRecoveryCode(code: string): string {
  const letters = code.toLowerCase().replace(/[^a-z2-7]/g, '');
  return createHash('sha256').update(letters).digest('hex');
}

function seal(key: Buffer, userId: string, secret: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(userId));
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, userId: string, sealed: Uint8Array): Uint8Array | undefined {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(userId))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    // Sealed with another key, or for somebody else.
    return undefined;
  }
}
