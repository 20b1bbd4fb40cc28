import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Api, addressesOf, type RouteName } from '../../contract/api.ts';
import { caseConverter } from '../../contract/casing.ts';
import { ERRORS, Problem } from '../../contract/errors.ts';
import {
  errorCodesOf,
  type HandlerInput,
  type HandlerResult,
  type RouteDefinition,
  statusesOf,
} from '../../contract/route.ts';
import type { Caller } from '../auth/caller.ts';
import { AppError } from '../errors.ts';

/** What a handler gets beside its validated input. */
export interface RequestContext<D extends RouteDefinition> {
  caller: D['access'] extends 'public' ? Caller | undefined : Caller;
  /** The version the caller knows, on versioned routes. */
  ifMatch: D['versioned'] extends true ? number : undefined;
  idempotencyKey: string | undefined;
  request: FastifyRequest;
  reply: FastifyReply;
}

export type Handler<D extends RouteDefinition> = (
  input: HandlerInput<D> & RequestContext<D>,
) => Promise<HandlerResult<D>>;
export type Handlers<K extends RouteName> = { [Name in K]: Handler<Api[Name]> };

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    definition?: RouteDefinition;
  }
}

/** Mounts every route of the table; the compiler sees to it that none lacks a handler. */
export function mountRoutes<K extends RouteName>(
  app: FastifyInstance,
  table: Pick<Api, K>,
  handlers: Handlers<K>,
): void {
  for (const name of Object.keys(table) as K[]) {
    mountRoute(app, name, table[name], handlers[name] as unknown as Handler<RouteDefinition>);
  }
}

function mountRoute(
  app: FastifyInstance,
  name: string,
  route: RouteDefinition,
  handler: Handler<RouteDefinition>,
): void {
  const convert = {
    params: route.params ? caseConverter(route.params, 'camel') : undefined,
    query: route.query ? caseConverter(route.query, 'camel') : undefined,
    body: route.body ? caseConverter(route.body, 'camel') : undefined,
    response: typeof route.response === 'string' ? undefined : caseConverter(route.response, 'snake'),
  };
  addressesOf(route).forEach(({ path: url, access }, at) => {
    app.route({
      method: route.method,
      url,
      // The headers of a stream come with its first bytes, so a HEAD would wait forever.
      exposeHeadRoute: route.response !== 'event-stream',
      // Only HEAD routes of the table are described, none that a GET brings along.
      config: {
        definition: access === route.access ? route : { ...route, access },
        swagger: { exposeHeadRoute: route.method === 'HEAD' },
      },
      schema: schemaOf(name, route, at > 0),
      preValidation: route.consumes?.includes('multipart') ? undefined : refuseForm,
      handler: async (request, reply) => {
        const result = await handler({
          params: convert.params?.(request.params),
          query: convert.query?.(request.query),
          body: convert.body?.(request.body),
          caller: request.caller,
          ifMatch: route.versioned ? ifMatchOf(request) : undefined,
          idempotencyKey: route.idempotent ? idempotencyKeyOf(request) : undefined,
          request,
          reply,
        } as never);
        if (convert.response === undefined || result === reply) return reply;
        if (reply.statusCode === 200) reply.code(route.status ?? 200);
        if (!statusesOf(route).includes(reply.statusCode)) {
          throw new Error(`${name} answers ${reply.statusCode}, which its definition does not name`);
        }
        return convert.response(result);
      },
    });
  });
}

async function refuseForm(request: FastifyRequest): Promise<void> {
  if (request.isMultipart())
    throw new AppError('unsupported_media_type', 'No form is taken here; /docs says what is.');
}

const NO_QUERY = z.strictObject({});
const NO_BODY = z.strictObject({}).nullish();
const NEVER_WITH_BODY = ['GET', 'HEAD', 'OPTIONS'];

function schemaOf(name: string, route: RouteDefinition, alias: boolean) {
  const { method, consumes, response } = route;
  const problems = [...errorCodesOf(route)].map((code) => [ERRORS[code][0], Problem] as const);
  const success =
    typeof response === 'string' ? [] : statusesOf(route).map((status) => [status, response] as const);
  return {
    hide: alias,
    operationId: name,
    summary: route.summary,
    tags: [route.tag],
    ...(route.params ? { params: route.params } : {}),
    querystring: route.query ?? NO_QUERY,
    ...(consumes || NEVER_WITH_BODY.includes(method) ? {} : { body: route.body ?? NO_BODY }),
    response: Object.fromEntries([...problems, ...success]),
  };
}

function ifMatchOf(request: FastifyRequest): number {
  const header = request.headers['if-match'];
  if (header === undefined)
    throw new AppError('precondition_required', 'Send If-Match with the version you are changing.');
  const version = Number(/^(?:W\/)?"?(\d{1,9})"?$/.exec(header)?.[1]);
  if (!version) throw new AppError('bad_request', 'If-Match must be the version number of the row.');
  return version;
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(header)) {
    throw new AppError('bad_request', 'Idempotency-Key must be 1 to 200 printable characters.');
  }
  return header;
}
