import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = import.meta.dirname;
const BIOME = path.join(ROOT, 'node_modules/.bin/biome');
const planted = mkdtempSync(path.join(tmpdir(), 'balscope-lint-'));

afterAll(() => rmSync(planted, { recursive: true, force: true }));

/** The rules that lint breaks for one file, planted alone in a copy of the layout. */
function lint(file: string, source: string): string[] {
  copyFileSync(path.join(ROOT, 'biome.json'), path.join(planted, 'biome.json'));
  mkdirSync(path.join(planted, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(planted, file), source);
  const run = spawnSync(BIOME, ['lint', '--vcs-enabled=false', '--reporter=json', file], {
    cwd: planted,
    encoding: 'utf8',
  });
  rmSync(path.join(planted, file));
  const report = JSON.parse(run.stdout.slice(run.stdout.indexOf('{'))) as {
    diagnostics: { category: string }[];
  };
  return report.diagnostics.map((diagnostic) => diagnostic.category);
}

const importing = (from: string) => `import { x } from '${from}';\nexport const y = x;\n`;
const RULE = 'lint/style/noRestrictedImports';

describe('lint refuses an import against the rules of docs/architecture.md', () => {
  it.each([
    ['core reaches Node', 'core/detection/planted.ts', 'node:fs'],
    ['core reaches npm', 'core/detection/planted.ts', 'sharp'],
    ['core reaches the server', 'core/detection/planted.ts', '../../server/app.ts'],
    ['contract reaches the server', 'contract/planted.ts', '../server/app.ts'],
    ['contract reaches npm', 'contract/planted.ts', 'uuid'],
    ['the server reaches the web', 'server/samples/planted.ts', '../../web/main.tsx'],
    ['the web reaches the server', 'web/samples/planted.ts', '../../server/app.ts'],
    ['a test of the web reaches the server', 'web/samples/planted.test.ts', '../../server/app.ts'],
    ['a feature reaches another', 'server/patients/planted.ts', '../samples/queries.ts'],
    ['a feature that no list names reaches another', 'server/planted/planted.ts', '../overview/queries.ts'],
    ['a feature reaches what composes it', 'server/patients/routes.ts', '../app.ts'],
    ['queries reach another feature', 'server/patients/list-queries.ts', '../samples/queries.ts'],
    ['the common routes know a feature', 'server/http/planted.ts', '../samples/queries.ts'],
    ['the database knows a feature', 'server/db/planted.ts', '../samples/queries.ts'],
    ['a route talks SQL', 'server/patients/routes.ts', 'drizzle-orm'],
    ['a use case reads the tables', 'server/patients/planted.ts', '../db/tables/patients.ts'],
    ['a feature reaches a vendor client', 'server/samples/planted.ts', 'pg-boss'],
    ['the remote model knows a feature', 'server/model/planted.ts', '../processing/queries.ts'],
    ['the platform knows a feature', 'server/platform/planted.ts', '../overview/queries.ts'],
    ['the viewer knows React', 'web/viewer/planted.ts', 'react'],
    ['the viewer knows a form library', 'web/viewer/planted.ts', 'react-hook-form'],
    ['the viewer knows a page', 'web/viewer/planted.ts', '../samples/open-sample.ts'],
    ['the cell store knows HTTP', 'web/annotation/planted.ts', '../api/client.ts'],
    ['the cell store knows the viewer', 'web/annotation/planted.ts', '../viewer/camera.ts'],
    ['a tool knows the contract', 'web/annotation/tools/planted.ts', '../../../contract/api.ts'],
    ['what pages share knows a page', 'web/ui/planted.ts', '../patients/lavages.ts'],
    ['the cache knows a page', 'web/api/planted.ts', '../uploads/use-uploads.ts'],
  ])('%s', (_, file, from) => {
    expect(lint(file, importing(from))).toContain(RULE);
  });

  it.each([
    ['core within core', 'core/detection/planted.ts', '../cell-types.ts'],
    ['a use case its own queries', 'server/patients/planted.ts', './queries.ts'],
    ['queries the tables', 'server/patients/queries.ts', '../db/tables/patients.ts'],
    ['a feature what all stand on', 'server/patients/routes.ts', '../dependencies.ts'],
    ['a feature the remote model', 'server/processing/planted.ts', '../model/model.ts'],
    ['a feature the medicine', 'server/patients/planted.ts', '../../core/cell-types.ts'],
    ['contract the types of core', 'contract/planted.ts', '../core/cell-types.ts'],
    ['a tool the store', 'web/annotation/tools/planted.ts', '../cell-store.ts'],
    ['a panel React', 'web/cells/Planted.tsx', 'react'],
  ])('and allows %s', (_, file, from) => {
    expect(lint(file, importing(from))).not.toContain(RULE);
  });

  it('process.env outside main.ts', () => {
    expect(lint('server/samples/planted.ts', 'export const x = process.env.PORT;\n')).toContain(
      'lint/style/noProcessEnv',
    );
  });
});

describe('the tree', () => {
  const tracked = spawnSync('git', ['ls-files', '*.ts', '*.tsx', '*.js'], { cwd: ROOT, encoding: 'utf8' });
  const files = tracked.stdout.split('\n').filter(Boolean);

  it.skipIf(tracked.status !== 0)('has no source file over 400 lines', () => {
    const long = files.filter((file) => readFileSync(path.join(ROOT, file), 'utf8').split('\n').length > 401);
    expect(long).toEqual([]);
  });

  it('has each change once in the changelog, also after a merge', () => {
    const changelog = readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
    const titles = [...changelog.matchAll(/^- \*\*[^*]+/gm)].map(String);
    expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
  });
});
