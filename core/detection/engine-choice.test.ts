import { expect, test } from 'vitest';
import { chooseEngine, parseEngine } from './engine-choice.ts';

const SETTINGS = { engine: 'opencv', circularity: 0.6, min_score: 0.9, min_area: 0.4 };

test('without a laboratory and a wish it is the tree', () => {
  expect(chooseEngine({})).toEqual({ engine: 'tree', parameters: {} });
});

test('the laboratory chooses the engine and its parameters', () => {
  expect(chooseEngine(SETTINGS)).toEqual({
    engine: 'opencv',
    parameters: { circularity: 0.6, min_area: 0.4 },
  });
});

test('another engine takes only what it knows of the laboratory, and all that was asked for', () => {
  expect(chooseEngine(SETTINGS, { engine: 'tree', parameters: { min_area: 0.5, circularity: 0.1 } })).toEqual(
    {
      engine: 'tree',
      parameters: { min_score: 0.9, min_area: 0.5, circularity: 0.1 },
    },
  );
});

test('a model takes no parameters: given without an engine they mean the tree, with one they stay to be refused', () => {
  const settings = { engine: 'model', min_area: 0.4, circularity: 0.6 };
  expect(chooseEngine(settings)).toEqual({ engine: 'model', parameters: {} });
  expect(chooseEngine(settings, { parameters: { max_area: 3 } })).toEqual({
    engine: 'tree',
    parameters: { min_area: 0.4, max_area: 3 },
  });
  expect(chooseEngine(settings, { engine: 'tree' })).toEqual({
    engine: 'tree',
    parameters: { min_area: 0.4 },
  });
  expect(chooseEngine(settings, { engine: 'model', parameters: { max_area: 3 } }).parameters).toEqual({
    max_area: 3,
  });
});

test('a misspelt parameter of the laboratory stays, to be refused', () => {
  expect(chooseEngine({ min_aera: 1 }).parameters).toEqual({ min_aera: 1 });
});

test('engines are known by name', () => {
  expect(parseEngine('opencv')).toBe('opencv');
  expect(() => parseEngine('forest')).toThrow('engine: "forest" is not allowed; use one of tree, opencv');
});
