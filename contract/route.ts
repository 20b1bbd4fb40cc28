import type { z } from 'zod';
import type { Camel } from './casing.ts';
import type { ErrorCode } from './errors.ts';

export const ALL_ROLES = ['ADMIN', 'UPLOADER', 'ANNOTATOR'] as const;
export const READERS = ['ADMIN', 'ANNOTATOR'] as const;
export const UPLOADERS = ['ADMIN', 'UPLOADER'] as const;
export type Role = (typeof ALL_ROLES)[number];
/** What routes of administrators have in common. */
export const ADMINISTRATION = { tag: 'Administration', access: ['ADMIN'] } as const;

/** One route of the API. Server, client and OpenAPI document all come from this. */
export interface RouteDefinition {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** Below /api/v1, with `:name` parameters. */
  path: string;
  /** Further paths that answer alike, from the root. */
  aliases?: readonly string[];
  /** A further path below /api/v1 that answers alike, to administrators alone. */
  administeredAt?: string;
  summary: string;
  tag: string;
  /** Who may call it; nobody by default, so it must be said. */
  access: 'public' | readonly Role[];
  params?: z.ZodObject;
  /** What neither query nor body names is refused (422), such as a filter or an order by a password or a relation. */
  query?: z.ZodObject;
  body?: z.ZodType;
  /**
   * A form, whose parts the handler reads; `json-or-multipart` takes `body` as JSON as well; `bytes` are a piece of a
   * file, read by the handler too.
   */
  consumes?: 'multipart' | 'json-or-multipart' | 'bytes';
  /** `empty`: all is said by status and headers. */
  response: z.ZodType | 'binary' | 'text' | 'event-stream' | 'empty';
  /** Of a list that answers `?format=csv` whole, as a file: the log notes it as `<this>.export`. */
  csv?: string;
  status?: number;
  /** Further statuses that tell of no error, answered in the same form. */
  alsoAnswers?: readonly number[];
  /** Codes it answers with beside those that every route may (unauthenticated, forbidden, validation_failed …). */
  errors?: readonly ErrorCode[];
  /** Takes an `Idempotency-Key`, as every route does that creates something, but for those that say why not. */
  idempotent?: boolean;
  /** Why the reply must not be saved and given again. */
  notIdempotentBecause?: string;
  /** Needs `If-Match: <version>`. */
  versioned?: boolean;
}

type Input<S> = S extends z.ZodType ? Camel<z.input<S>> : undefined;
type Output<S> = S extends z.ZodType ? Camel<z.output<S>> : undefined;

type Part = 'params' | 'query' | 'body';
/** Whether a part of the request may be absent; `never` for a part that the route does not take. */
type MayLeaveOut<S> = S extends z.ZodType ? (undefined extends z.input<S> ? true : false) : undefined;

/** What a handler gets: everything validated, camelCase. */
export interface HandlerInput<D extends RouteDefinition> {
  params: Output<D['params']>;
  query: Output<D['query']>;
  body: Output<D['body']>;
}
/** What a handler answers. */
export type HandlerResult<D extends RouteDefinition> = D['response'] extends z.ZodType
  ? Camel<z.input<D['response']>>
  : undefined;

/** What a caller of the typed client passes. */
export type CallInput<D extends RouteDefinition> = {
  [K in Part as MayLeaveOut<D[K]> extends false ? K : never]: Input<D[K]>;
} & {
  [K in Part as MayLeaveOut<D[K]> extends true ? K : never]?: Input<D[K]>;
} & (D['consumes'] extends 'multipart' ? { body: FormData } : unknown) & {
    ifMatch?: number;
    idempotencyKey?: string;
    signal?: AbortSignal;
  };
/** What the typed client returns. */
export type CallResult<D extends RouteDefinition> = D['response'] extends z.ZodType
  ? Camel<z.output<D['response']>>
  : Response;

export const defineRoutes = <const T extends Record<string, RouteDefinition>>(routes: T) => routes;

/** Every status that tells of no error, the usual one first. */
export const statusesOf = ({ status = 200, alsoAnswers = [] }: RouteDefinition): readonly number[] => [
  status,
  ...alsoAnswers,
];

/** Any route may answer so: what it does not take, too many requests, something away or full, a fault of ours. */
const ALWAYS = ['validation_failed', 'rate_limited', 'unavailable', 'storage_full', 'internal'] as const;
/** Any route with a body, before its content is looked at. */
const WITH_BODY = ['bad_request', 'payload_too_large', 'unsupported_media_type'] as const;
const SIGNED_IN = ['unauthenticated', 'forbidden', 'csrf', 'password_change_required'] as const;

/** Every code that the route may answer with. */
export const errorCodesOf = ({ method, access, versioned, idempotent, errors = [] }: RouteDefinition) =>
  new Set<ErrorCode>([
    ...errors,
    ...ALWAYS,
    ...(method === 'GET' ? [] : WITH_BODY),
    ...(access === 'public' ? [] : SIGNED_IN),
    ...(versioned ? (['precondition_required'] as const) : []),
    ...(idempotent ? (['idempotency_mismatch'] as const) : []),
  ]);
