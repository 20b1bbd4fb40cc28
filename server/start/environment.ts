import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** The `.env` file below what the process was given: a variable set outside wins, even when it is empty. */
export function withEnvFile(file: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!existsSync(file)) return env;
  return { ...parseEnv(readFileSync(file, 'utf8')), ...env };
}
