import { expect, test } from 'vitest';
import { circlesOf, visibleShare } from './circle-votes.ts';
import { findEdgePoints } from './edge-points.ts';

const [width, height] = [120, 90];

function edgesOfDisc(x: number, y: number, radius: number) {
  const values = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.hypot((i % width) - x, Math.floor(i / width) - y) < radius ? 60 : 0,
  );
  return findEdgePoints(values, width, height);
}

test('edges of a disc face its middle and vote for it', () => {
  const edges = edgesOfDisc(50, 40, 16);
  expect(edges.count).toBeGreaterThan(60);
  for (let i = 0; i < edges.count; i++) {
    const [across, down] = [50 - edges.x[i], 40 - edges.y[i]];
    const away = Math.hypot(across, down);
    expect((across * edges.towardX[i] + down * edges.towardY[i]) / away).toBeGreaterThan(0.9);
    expect(edges.rowStart[edges.y[i]]).toBeLessThanOrEqual(i);
    expect(edges.rowStart[edges.y[i] + 1]).toBeGreaterThan(i);
  }
  const [circle, ...others] = circlesOf(edges, width, height, 16, 0.5);
  expect(others).toEqual([]);
  expect(Math.hypot(circle.x - 50, circle.y - 40)).toBeLessThan(1);
  expect(visibleShare(circle, width, height)).toBe(1);
});

test('finds a disc whose middle lies outside the image', () => {
  const circles = circlesOf(edgesOfDisc(60, -5, 16), width, height, 16, 0.2);
  expect(circles).toHaveLength(1);
  expect(Math.hypot(circles[0].x - 60, circles[0].y + 5)).toBeLessThan(2);
  const visible = visibleShare(circles[0], width, height);
  expect(visible).toBeGreaterThan(0.3);
  expect(visible).toBeLessThan(0.5);
});

test('images too small for an edge have none', () => {
  for (const [columns, rows] of [
    [1, 1],
    [2, 5],
    [5, 2],
    [3, 3],
  ]) {
    const edges = findEdgePoints(new Uint8Array(columns * rows).fill(7), columns, rows);
    expect(edges.count).toBe(0);
    expect(edges.rowStart).toHaveLength(rows + 1);
    expect(circlesOf(edges, columns, rows, 4, 0.3)).toEqual([]);
  }
});
