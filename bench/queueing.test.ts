import { expect, test } from 'vitest';
import { seededRandom } from '../core/synthesis/seeded-random.ts';
import {
  erlangC,
  mean,
  meanWait,
  poissonArrivals,
  simulateWaits,
  squaredCoefficientOfVariation,
  turnarounds,
} from './queueing.ts';

const ARRIVALS = 400_000;

function simulatedMeanWait(
  servers: number,
  arrivalRate: number,
  serviceTime: (random: () => number) => number,
): number {
  const random = seededRandom(7);
  const arrivals = poissonArrivals(arrivalRate, ARRIVALS, random);
  return mean(simulateWaits(servers, arrivals, () => serviceTime(random)));
}
const exponential = (random: () => number) => -Math.log(1 - random());

test('Erlang C gives the values of published tables', () => {
  expect(erlangC(1, 0.5)).toBeCloseTo(0.5, 12);
  expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
  expect(erlangC(10, 8)).toBeCloseTo(0.40918, 4);
  expect(erlangC(3, 3)).toBe(1);
  expect(() => erlangC(0, 1)).toThrow(RangeError);
  expect(() => erlangC(1, -1)).toThrow(RangeError);
});

test.each([
  [1, 0.7],
  [2, 0.5],
  [2, 0.85],
  [8, 0.9],
])(
  'exponential service, %i servers, utilisation %f: the simulation agrees with the exact mean wait within a twentieth',
  (servers, utilisation) => {
    const arrivalRate = servers * utilisation;
    const expected = meanWait({ servers, arrivalRate, serviceMean: 1, arrivalScv: 1, serviceScv: 1 });
    expect(simulatedMeanWait(servers, arrivalRate, exponential) / expected).toBeGreaterThan(0.95);
    expect(simulatedMeanWait(servers, arrivalRate, exponential) / expected).toBeLessThan(1.05);
  },
);

test('constant service with one server: exact (Pollaczek and Khinchine), within 3 %', () => {
  const expected = meanWait({ servers: 1, arrivalRate: 0.8, serviceMean: 1, arrivalScv: 1, serviceScv: 0 });
  expect(expected).toBeCloseTo(2, 12);
  expect(Math.abs(simulatedMeanWait(1, 0.8, () => 1) / expected - 1)).toBeLessThan(0.03);
});

test.each([
  [2, 0.6],
  [2, 0.85],
  [8, 0.85],
])(
  'two sizes of image, %i servers, utilisation %f: the approximation is within 15 per cent',
  (servers, utilisation) => {
    const sizes = (random: () => number) => (random() < 0.5 ? 1.6 : 0.4);
    const serviceScv = squaredCoefficientOfVariation([1.6, 0.4]);
    const arrivalRate = servers * utilisation;
    const expected = meanWait({ servers, arrivalRate, serviceMean: 1, arrivalScv: 1, serviceScv });
    expect(Math.abs(simulatedMeanWait(servers, arrivalRate, sizes) / expected - 1)).toBeLessThan(0.15);
  },
);

test('servers that cannot keep up never get done', () => {
  expect(meanWait({ servers: 2, arrivalRate: 2, serviceMean: 1, arrivalScv: 1, serviceScv: 1 })).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test('what a server needs between two that wait is found, and idle times are not taken for it', () => {
  const served = [
    { arrival: 0, start: 0, end: 10 },
    { arrival: 1, start: 1, end: 4 },
    { arrival: 2, start: 6, end: 8 },
    { arrival: 3, start: 9, end: 20 },
    { arrival: 30, start: 31, end: 40 },
  ];
  expect(turnarounds(2, served)).toEqual([2, 1]);
});

test('batches come together and at the same rate', () => {
  const arrivals = poissonArrivals(2, 20_000, seededRandom(1), 20);
  expect(new Set(arrivals).size).toBe(1000);
  expect(Math.abs(arrivals.length / arrivals.at(-1)! / 2 - 1)).toBeLessThan(0.1);
});
