import { randomBytes } from 'node:crypto';

/** A password of 120 random bits, to be shown once. */
export function drawPassword(): string {
  return randomBytes(15).toString('base64url');
}
