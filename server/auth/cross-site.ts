import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses a write that rides on the browser's cookie unless it demonstrably comes from our own pages.
 * @throws AppError csrf
 */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string): void {
  if (SAFE_METHODS.includes(request.method)) return;
  if (!isFromOurPages(request, new URL(publicUrl).origin)) throw new AppError('csrf');
}

function isFromOurPages({ headers }: FastifyRequest, publicOrigin: string): boolean {
  const fetchSite = headers['sec-fetch-site'];
  if (fetchSite !== undefined && fetchSite !== 'same-origin') return false;
  const { origin } = headers;
  if (origin === undefined) return fetchSite === 'same-origin';
  if (origin === publicOrigin) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}
