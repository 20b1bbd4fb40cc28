import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { API_BASE } from '../../contract/api.ts';
import { COMPONENTS, describeRoute } from './describe-route.ts';

const DOCUMENT = `${API_BASE}/openapi.json`;

/** Collects the routes mounted from here on into an OpenAPI document, and serves it with a page that shows it. */
export async function installReference(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'BALscope',
        version: '1',
        description: 'Cell annotation for bronchoalveolar lavage cytology. Not a certified medical device.',
      },
      components: {
        ...COMPONENTS,
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          session: { type: 'apiKey', in: 'cookie', name: 'balscope_session' },
        },
      },
    },
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input);
      const { definition } = input.route.config ?? {};
      return { url, schema: definition && !schema.hide ? describeRoute(definition, schema) : schema };
    },
  });
  const documentBytes = once(() => JSON.stringify(app.swagger()));
  app.get(DOCUMENT, { config: { public: true }, schema: { hide: true } }, (_, reply) =>
    reply.type('application/json; charset=utf-8').send(documentBytes()),
  );
  await app.register(async (docs) => {
    docs.addHook('onRoute', declarePublic);
    const scriptBytes = once((text: string) => text);
    docs.addHook('onSend', async (request, reply, payload) => {
      if (typeof payload === 'string' && request.url.endsWith('.js')) return scriptBytes(payload);
      const policy = reply.getHeader('content-security-policy');
      if (
        typeof payload === 'string' &&
        typeof policy === 'string' &&
        isHtml(reply.getHeader('content-type'))
      ) {
        reply.header('content-security-policy', allowInlineScripts(policy, payload));
      }
      return payload;
    });
    await docs.register(scalar, {
      routePrefix: '/docs',
      configuration: {
        url: DOCUMENT,
        pageTitle: 'BALscope API',
        telemetry: false,
        withDefaultFonts: false,
        agent: { disabled: true },
        mcp: { disabled: true },
        hideClientButton: true,
        showDeveloperTools: 'never',
      },
    });
  });
}

/** Large texts that are always the same: encoded anew for each request, a few hundred would hold the server up. */
function once<Given extends unknown[]>(textOf: (...given: Given) => string): (...given: Given) => Buffer {
  let bytes: Buffer | undefined;
  return (...given) => {
    bytes ??= Buffer.from(textOf(...given));
    return bytes;
  };
}

function declarePublic(route: RouteOptions): void {
  route.config = { ...route.config, public: true };
}

function isHtml(contentType: unknown): boolean {
  return String(contentType).startsWith('text/html');
}

/** The page starts itself by a script of its own text, which its hash allows: that text and no other. */
function allowInlineScripts(policy: string, html: string): string {
  const hashes = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
  return policy.replace("script-src 'self'", ["script-src 'self'", ...hashes].join(' '));
}
