import { ApiError } from '../../contract/client.ts';

export interface ErrorMessage {
  /** What happened and what to do, in a sentence or two. */
  text: string;
  requestId: string | undefined;
}

/** Somebody else saved first. */
export class ClashError extends Error {
  constructor() {
    super(
      'Somebody else changed this meanwhile. Save again to keep what you typed, or cancel to see their change.',
    );
  }
}

/** Says any failure of a request in words for the reader. */
export function messageOf(error: unknown): ErrorMessage {
  if (error instanceof ApiError) return { text: apiMessage(error), requestId: error.requestId || undefined };
  if (error instanceof ClashError) return { text: error.message, requestId: undefined };
  if (error instanceof TypeError) {
    return {
      text: 'BALscope cannot be reached. Check the network connection, then try again.',
      requestId: undefined,
    };
  }
  return {
    text: 'Something unexpected went wrong on this page. Try again, or reload it.',
    requestId: undefined,
  };
}

function apiMessage(error: ApiError): string {
  if (error.code === 'rate_limited' && error.retryAfterS)
    return `Too many requests. Try again in ${error.retryAfterS} seconds.`;
  return error.message;
}
