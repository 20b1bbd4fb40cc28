import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const HASHED_FOLDER = 'assets/';

/**
 * Serves the built web application: files as they are, and its page for every other address that a browser opens.
 * Addresses below /api are never pages.
 */
export async function installWebApplication(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false, dotfiles: 'ignore' });
  app.get<{ Params: { '*': string } }>(
    '/*',
    { config: { public: true }, schema: { hide: true } },
    (request, reply) => {
      const file = request.params['*'];
      if (file === 'api' || file.startsWith('api/')) return reply.callNotFound();
      if (path.posix.extname(file) !== '' && file !== 'index.html') {
        if (file.startsWith(HASHED_FOLDER)) return reply.sendFile(file, { maxAge: '1y', immutable: true });
        return reply.header('cache-control', 'no-cache').sendFile(file, { cacheControl: false });
      }
      if (!request.headers.accept?.includes('text/html')) return reply.callNotFound();
      return reply.header('cache-control', 'no-store').sendFile('index.html', { cacheControl: false });
    },
  );
}
