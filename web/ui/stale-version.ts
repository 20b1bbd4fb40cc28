import { ApiError } from '../../contract/client.ts';

/** The version that the row has now, from the answer to a change of an older one. */
export function currentVersionOf(error: unknown): number | undefined {
  if (!(error instanceof ApiError) || error.code !== 'stale_version') return undefined;
  const { version } = (error.current ?? {}) as { version?: unknown };
  return typeof version === 'number' ? version : undefined;
}
