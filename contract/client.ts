import { API_BASE, type Api, api, type RouteName } from './api.ts';
import { caseConverter } from './casing.ts';
import { type ErrorCode, Problem } from './errors.ts';
import type { CallInput, CallResult, RouteDefinition } from './route.ts';

/** What the API refused, as it said it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  readonly errors: { path: string; message: string }[];
  readonly current: unknown;
  readonly requestId: string;
  readonly retryAfterS: number | undefined;

  constructor(problem: Problem, retryAfter: string | null = null) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
    this.current = problem.current;
    this.requestId = problem.request_id;
    this.retryAfterS = retryAfter ? Number(retryAfter) : undefined;
  }
}

export type Call = <K extends RouteName>(name: K, input: CallInput<Api[K]>) => Promise<CallResult<Api[K]>>;

interface ClientOptions {
  /** Origin of the server; empty in the browser. */
  base?: string;
  fetch?: typeof fetch;
  headers?: () => Record<string, string>;
}

/** Makes the typed client: `call('getPatient', { params: { patientId } })`. */
export function createClient({
  base = '',
  fetch: send = fetch,
  headers = () => ({}),
}: ClientOptions = {}): Call {
  return async (name, input) => {
    const route: RouteDefinition = api[name];
    const response = await send(
      base + urlOf(route, input as LooseInput),
      requestOf(route, input as LooseInput, headers()),
    );
    if (!response.ok) throw await toApiError(response);
    if (typeof route.response === 'string' || isFile(response)) return response as never;
    return caseConverter(route.response, 'camel')(route.response.parse(await response.json())) as never;
  };
}

/** A list that was asked for as a file. */
const isFile = ({ headers }: Response) => headers.get('content-type')?.startsWith('text/csv') ?? false;

interface LooseInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  ifMatch?: number;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** The path and query of a call, without the origin. */
export function urlOf(route: RouteDefinition, { params, query }: LooseInput): string {
  const wireParams = (route.params ? caseConverter(route.params, 'snake')(params ?? {}) : {}) as Record<
    string,
    unknown
  >;
  const wireQuery = (route.query ? caseConverter(route.query, 'snake')(query ?? {}) : {}) as Record<
    string,
    unknown
  >;
  const path = route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(wireParams[key])));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(wireQuery))
    if (value !== undefined && value !== null) search.set(key, String(value));
  return `${API_BASE}${path}${search.size > 0 ? `?${search}` : ''}`;
}

function requestOf(route: RouteDefinition, input: LooseInput, headers: Record<string, string>): RequestInit {
  const all: Record<string, string> = { ...headers };
  if (input.ifMatch !== undefined) all['if-match'] = String(input.ifMatch);
  if (input.idempotencyKey) all['idempotency-key'] = input.idempotencyKey;
  const request: RequestInit = {
    method: route.method,
    headers: all,
    credentials: 'same-origin',
    signal: input.signal,
  };
  if (input.body instanceof FormData) return { ...request, body: input.body };
  if (input.body === undefined || !route.body) return request;
  all['content-type'] = 'application/json';
  return { ...request, body: JSON.stringify(caseConverter(route.body, 'snake')(input.body)) };
}

async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    return new ApiError(Problem.parse(JSON.parse(text)), response.headers.get('retry-after'));
  } catch {
    return new ApiError({
      type: 'about:blank',
      title: 'No answer',
      status: response.status,
      code: 'unavailable',
      detail: 'The server did not answer as expected. Try again in a moment.',
      request_id: response.headers.get('x-request-id') ?? '',
    });
  }
}
