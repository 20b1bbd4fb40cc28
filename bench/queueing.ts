/** A station of c equal servers with one queue. Times in any one unit, rates in its inverse. */
export interface Station {
  servers: number;
  /** Mean arrivals per unit of time. */
  arrivalRate: number;
  serviceMean: number;
  /** Squared coefficient of variation of the times between arrivals; 1 for Poisson arrivals. */
  arrivalScv: number;
  /** Squared coefficient of variation of the service times; 1 for exponential, 0 for constant ones. */
  serviceScv: number;
}

/**
 * Probability that an arrival has to wait in M/M/c, from the Erlang B recursion.
 * Source: A. K. Erlang 1917; in this form R. B. Cooper, Introduction to Queueing Theory, 1981.
 * @param offeredLoad arrival rate × mean service time, erlang, 0 and above
 * @returns 0–1; 1 when the servers cannot keep up
 * @throws RangeError
 */
export function erlangC(servers: number, offeredLoad: number): number {
  if (!(Number.isInteger(servers) && servers >= 1))
    throw new RangeError(`servers: ${servers}; use 1 or more`);
  if (!(offeredLoad >= 0)) throw new RangeError(`offeredLoad: ${offeredLoad}; use 0 or more`);
  if (offeredLoad >= servers) return 1;
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (offeredLoad * blocked) / (n + offeredLoad * blocked);
  const utilisation = offeredLoad / servers;
  return blocked / (1 - utilisation * (1 - blocked));
}

/**
 * Mean time in the queue of G/G/c: that of M/M/c times the mean of the two squared coefficients of variation. Exact
 * for M/M/c and for M/G/1.
 * Source: A. O. Allen, Probability, Statistics, and Queueing Theory, 1990, after J. Cunneen.
 * @returns Infinity when the servers cannot keep up
 */
export function meanWait({ servers, arrivalRate, serviceMean, arrivalScv, serviceScv }: Station): number {
  const offeredLoad = arrivalRate * serviceMean;
  if (offeredLoad >= servers) return Number.POSITIVE_INFINITY;
  const asExponential = (erlangC(servers, offeredLoad) * serviceMean) / (servers - offeredLoad);
  return (asExponential * (arrivalScv + serviceScv)) / 2;
}

/**
 * Waiting times of a queue, first come first served, by the Kiefer–Wolfowitz recursion over the servers' free times.
 * Source: J. Kiefer, J. Wolfowitz, On the theory of queues with many servers, 1955.
 * @param arrivals times in ascending order
 * @param serviceTime that of the arrival with this number
 * @returns one waiting time per arrival
 */
export function simulateWaits(
  servers: number,
  arrivals: readonly number[],
  serviceTime: (at: number) => number,
): Float64Array {
  const freeAt = new Float64Array(servers);
  return Float64Array.from(arrivals, (arrival, at) => {
    let first = 0;
    for (let server = 1; server < servers; server++) if (freeAt[server] < freeAt[first]) first = server;
    const start = Math.max(arrival, freeAt[first]);
    freeAt[first] = start + serviceTime(at);
    return start - arrival;
  });
}

export interface Served {
  arrival: number;
  start: number;
  end: number;
}

/**
 * How long servers stay taken beyond the service that is timed: from each end to the next start on the same server, where
 * an arrival was waiting for it.
 */
export function turnarounds(servers: number, served: readonly Served[]): number[] {
  const freeAt = new Float64Array(servers).fill(Number.NEGATIVE_INFINITY);
  const gaps: number[] = [];
  for (const { arrival, start, end } of served.toSorted((a, b) => a.start - b.start)) {
    let first = 0;
    for (let server = 1; server < servers; server++) if (freeAt[server] < freeAt[first]) first = server;
    if (freeAt[first] > arrival) gaps.push(start - freeAt[first]);
    freeAt[first] = end;
  }
  return gaps;
}

/**
 * Times of Poisson arrivals; with a batch size, of batches that come together.
 * @param rate arrivals per unit of time, each of a batch counted
 * @param random uniform in [0, 1)
 */
export function poissonArrivals(rate: number, count: number, random: () => number, batch = 1): number[] {
  let time = 0;
  return Array.from({ length: count }, (_, at) => {
    if (at % batch === 0) time -= (Math.log(1 - random()) / rate) * batch;
    return time;
  });
}

export function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Variance over squared mean. */
export function squaredCoefficientOfVariation(values: ArrayLike<number>): number {
  const average = mean(values);
  return mean(Array.from(values, (value) => (value - average) ** 2)) / average ** 2;
}
