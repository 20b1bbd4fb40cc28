import { describe, expect, it } from 'vitest';
import { DEFAULT_LABORATORY_SETTINGS as DEFAULTS } from '../laboratory-settings.ts';
import { checkAdequacy } from './adequacy.ts';
import { countLavage, type ReadField } from './count.ts';
import { fieldWith } from './field-fixture.ts';
import { applyRules, type Measurements } from './rules.ts';

const NOTHING: Measurements = { cd4Cd8: null, siderophagePercent: null };

function rule(code: string, cells: Record<string, number>, measurements: Partial<Measurements> = {}) {
  const count = countLavage([fieldWith(cells)], DEFAULTS);
  return applyRules(count, { ...NOTHING, ...measurements }, DEFAULTS).find((result) => result.code === code)!;
}

describe('applyRules', () => {
  it.each([
    ['lymphocytosis', { 'WBC-Macrophage': 290, 'WBC-Lymphocyte': 110 }, 'fires', true],
    ['lymphocytosis', { 'WBC-Macrophage': 240, 'WBC-Lymphocyte': 160 }, 'fires', false],
    ['lymphocytosis', { 'WBC-Macrophage': 300, 'WBC-Lymphocyte': 100 }, 'does_not_fire', true],
    ['lymphocytosis', { 'WBC-Macrophage': 400 }, 'does_not_fire', false],
    ['marked-lymphocytosis', { 'WBC-Macrophage': 100, 'WBC-Lymphocyte': 300 }, 'fires', false],
    ['marked-neutrophilia', { 'WBC-Macrophage': 40, 'WBC-Neutrophil': 360 }, 'fires', false],
    ['eosinophilia', { 'WBC-Macrophage': 200, 'WBC-Eosinophil': 200 }, 'fires', false],
    ['eosinophilia', {}, 'not_assessable', false],
    ['atypical-cells', { Atypical: 1 }, 'fires', false],
    ['atypical-cells', {}, 'does_not_fire', false],
  ] as const)('%s with %j: %s', (code, cells, outcome, uncertain) => {
    expect(rule(code, cells)).toMatchObject({ outcome, uncertain });
  });

  it('needs every condition, and is uncertain only where the deciding one is', () => {
    const acute = { 'WBC-Macrophage': 60, 'WBC-Lymphocyte': 280, 'WBC-Neutrophil': 40, 'WBC-Mast': 20 };
    expect(rule('acute-hypersensitivity', acute)).toMatchObject({ outcome: 'fires', uncertain: false });
    const fewMast = { ...acute, 'WBC-Mast': 3 };
    expect(rule('acute-hypersensitivity', fewMast)).toMatchObject({
      outcome: 'does_not_fire',
      uncertain: true,
    });
    // Mast cells stay open, but so few lymphocytes settle it.
    const fewLymphocytes = { ...fewMast, 'WBC-Lymphocyte': 20, 'WBC-Macrophage': 320 };
    expect(rule('acute-hypersensitivity', fewLymphocytes)).toMatchObject({
      outcome: 'does_not_fire',
      uncertain: false,
    });
  });

  it('shows numbers, threshold and source', () => {
    const result = rule('lymphocytosis', { 'WBC-Macrophage': 240, 'WBC-Lymphocyte': 160 });
    expect(result.finding).toBe('Lymphocyte > 25 %');
    expect(result.detail).toBe('Lymphocyte 40.0 % (35.3–44.9 %), threshold > 25 %');
    expect(result.source).toContain('J Thorac Dis 2017');
  });

  it('says "not assessable" where a measurement lacks', () => {
    expect(rule('cd4-cd8-high', {}).outcome).toBe('not_assessable');
    expect(rule('cd4-cd8-high', {}, { cd4Cd8: 4 }).outcome).toBe('does_not_fire');
    expect(rule('cd4-cd8-high', {}, { cd4Cd8: 4.1 }).outcome).toBe('fires');
    expect(rule('siderophages', {}).outcome).toBe('not_assessable');
    expect(rule('siderophages', {}, { siderophagePercent: 20 }).outcome).toBe('fires');
    const withoutMast = {
      ...DEFAULTS,
      cellTypes: DEFAULTS.cellTypes.filter(({ code }) => code !== 'WBC-Mast'),
    };
    const count = countLavage([fieldWith({ 'WBC-Lymphocyte': 400 })], withoutMast);
    const acute = applyRules(count, NOTHING, withoutMast).find(
      ({ code }) => code === 'acute-hypersensitivity',
    );
    expect(acute?.outcome).toBe('not_assessable');
  });

  it('prompts for CD4/CD8 with many lymphocytes, not once it is measured', () => {
    const cells = { 'WBC-Macrophage': 280, 'WBC-Lymphocyte': 120 };
    expect(rule('consider-cd4-cd8', cells).outcome).toBe('fires');
    expect(rule('consider-cd4-cd8', cells, { cd4Cd8: 2 }).outcome).toBe('does_not_fire');
  });
});

describe('checkAdequacy', () => {
  function outcomes(fields: ReadField[], macrophagesPerMm2Min: number | null = null) {
    const settings = { ...DEFAULTS, adequacy: { ...DEFAULTS.adequacy, macrophagesPerMm2Min } };
    const checks = checkAdequacy(countLavage(fields, settings), settings);
    return Object.fromEntries(checks.map(({ code, outcome }) => [code, outcome]));
  }

  it('calls too few cells limited: incomplete, not inadequate', () => {
    expect(outcomes([fieldWith({ 'WBC-Macrophage': 399 })])['cells-counted']).toBe('limited');
    expect(outcomes([fieldWith({ 'WBC-Macrophage': 400 })])['cells-counted']).toBe('pass');
  });

  it('fails on more than 5 % epithelium of all nucleated cells', () => {
    const cells = (epithelial: number) => [
      fieldWith({ 'WBC-Macrophage': 100 - epithelial, 'Epithelial-Squamous': epithelial, RBC: 500 }),
    ];
    expect(outcomes(cells(5))['epithelial-share']).toBe('pass');
    expect(outcomes(cells(6))['epithelial-share']).toBe('fail');
    expect(outcomes([])['epithelial-share']).toBe('not_assessable');
  });

  it('fails when airway cells outnumber macrophages', () => {
    const cells = { 'Epithelial-Ciliated': 6, 'Epithelial-Squamous': 5 };
    expect(outcomes([fieldWith({ ...cells, 'WBC-Macrophage': 11 })])['airway-cells']).toBe('pass');
    expect(outcomes([fieldWith({ ...cells, 'WBC-Macrophage': 10 })])['airway-cells']).toBe('fail');
  });

  it('gives macrophages per mm² only with a limit, a scale and a complete field', () => {
    const cells = { 'WBC-Macrophage': 100 };
    // 1000 × 1000 px at 0.5 µm are 0.25 mm²: 400 per mm².
    const whole = fieldWith(cells, { state: 'complete', micronsPerPixel: 0.5 });
    expect(outcomes([whole], 400)['macrophage-density']).toBe('pass');
    expect(outcomes([whole], 401)['macrophage-density']).toBe('fail');
    expect(outcomes([whole])['macrophage-density']).toBe('not_assessable');
    expect(outcomes([{ ...whole, micronsPerPixel: null }], 400)['macrophage-density']).toBe('not_assessable');
    expect(outcomes([{ ...whole, state: 'unread' }], 400)['macrophage-density']).toBe('not_assessable');
  });
});
