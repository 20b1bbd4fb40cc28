import { percentile } from './percentile.ts';
import { mean, meanWait, poissonArrivals, simulateWaits, squaredCoefficientOfVariation } from './queueing.ts';

/** What a region's day looks like; docs/capacity.md says where each figure comes from. */
export const DAY = {
  lavagesPerHospital: 4,
  fieldsPerLavage: 20,
  /** Share of the day's lavages that come in its busiest hour. */
  busiestHour: 0.2,
  bytesPerImage: 1.5e6,
  /** Original, display copy and thumbnail over the original alone. */
  storedPerOriginal: 2.2,
  workingDays: 250,
} as const;

/** Measured on the machine that is to be sized. */
export interface Measured {
  /** Time that a seat is taken by an image, s; as many as were observed. */
  serviceS: readonly number[];
  databaseCpuSPerImage: number;
  databaseBytesPerImage: number;
  walBytesPerImage: number;
}

export interface Sizing {
  hospitals: number;
  imagesPerDay: number;
  busiestPerS: number;
  seats: number;
  utilisation: number;
  simulatedMeanS: number;
  simulatedP95S: number;
  /** By the approximation, a batch as arrivals of that many times the variation. */
  predictedMeanS: number;
  databaseCores: number;
  walBytesPerS: number;
  databaseBytesPerYear: number;
  objectBytesPerYear: number;
}

const MOST_UTILISATION = 0.7;
const MOST_P95_WAIT_S = 10;
const SIMULATED_IMAGES = 100_000;

/** The least seats that keep up in the busiest hour, images of a lavage coming all at once. */
export function sizeRegion(hospitals: number, measured: Measured, random: () => number): Sizing {
  const imagesPerDay = hospitals * DAY.lavagesPerHospital * DAY.fieldsPerLavage;
  const busiestPerS = (imagesPerDay * DAY.busiestHour) / 3600;
  const { serviceS } = measured;
  const offered = busiestPerS * mean(serviceS);
  for (let seats = Math.max(1, Math.ceil(offered / MOST_UTILISATION)); ; seats++) {
    const arrivals = poissonArrivals(busiestPerS, SIMULATED_IMAGES, random, DAY.fieldsPerLavage);
    const waits = simulateWaits(seats, arrivals, () => serviceS[Math.floor(random() * serviceS.length)]);
    const simulatedP95S = percentile(waits, 0.95);
    if (simulatedP95S > MOST_P95_WAIT_S) continue;
    return {
      hospitals,
      imagesPerDay,
      busiestPerS,
      seats,
      utilisation: offered / seats,
      simulatedMeanS: mean(waits),
      simulatedP95S,
      predictedMeanS: meanWait({
        servers: seats,
        arrivalRate: busiestPerS,
        serviceMean: mean(serviceS),
        arrivalScv: DAY.fieldsPerLavage,
        serviceScv: squaredCoefficientOfVariation(serviceS),
      }),
      databaseCores: busiestPerS * measured.databaseCpuSPerImage,
      walBytesPerS: busiestPerS * measured.walBytesPerImage,
      databaseBytesPerYear: imagesPerDay * DAY.workingDays * measured.databaseBytesPerImage,
      objectBytesPerYear: imagesPerDay * DAY.workingDays * DAY.bytesPerImage * DAY.storedPerOriginal,
    };
  }
}
