import { createHmac, hash, pbkdf2Sync, randomBytes } from 'node:crypto';

const [SALT_BYTES, ITERATIONS, KEY_BYTES] = [16, 4096, 32];

/**
 * What PostgreSQL keeps of a password and takes in its place (RFC 5803). A password within a statement stands in the
 * log of the database wherever statements, or those that fail, are logged.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, KEY_BYTES, 'sha256');
  const keyFor = (use: string) => createHmac('sha256', salted).update(use).digest();
  const stored = hash('sha256', keyFor('Client Key'), 'base64');
  const server = keyFor('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${server}`;
}
