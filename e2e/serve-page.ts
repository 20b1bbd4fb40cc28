import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer } from 'vite';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * Serves one page of the sources as the browser should get it, like `web/viewer/testing/index.html`; answers its
 * address and the function that ends it.
 */
export async function servePage(pagePath: string): Promise<{ url: string; close: () => Promise<void> }> {
  const cacheDir = await mkdtemp(path.join(tmpdir(), 'balscope-viewer-'));
  const server = await createServer({
    root: ROOT,
    configFile: false,
    cacheDir,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    optimizeDeps: { include: ['openseadragon', 'flatbush'], noDiscovery: true },
  });
  await server.listen();
  const { port } = server.httpServer!.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/${pagePath}`,
    close: async () => {
      await server.close();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}
