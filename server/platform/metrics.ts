import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Labels = Record<string, string>;

interface Named {
  name: string;
  help: string;
  labels?: readonly string[];
}

interface Reading {
  labels?: Labels;
  value: number;
}

/** What a process tells Prometheus. Whoever has something to tell makes its own metric, once. */
export interface Metrics {
  /** @returns counts one more */
  counter(named: Named): (labels: Labels) => void;
  /** @returns notes one duration */
  durations(named: Named & { bucketsS: readonly number[] }): (labels: Labels, seconds: number) => void;
  /** A value that is read whenever somebody asks; one that cannot be read is left out. */
  gauge(named: Named, read: () => Promise<Reading[]> | Reading[]): void;
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Begins with what is true of every process: memory, CPU, event loop, garbage collection. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    counter: ({ name, help, labels = [] }) => {
      const counter = new Counter({ name, help, labelNames: labels, registers });
      return (given) => counter.inc(given);
    },
    durations: ({ name, help, labels = [], bucketsS }) => {
      const histogram = new Histogram({ name, help, labelNames: labels, buckets: [...bucketsS], registers });
      return (given, seconds) => histogram.observe(given, seconds);
    },
    gauge: ({ name, help, labels = [] }, read) => {
      new Gauge({
        name,
        help,
        labelNames: labels,
        registers,
        async collect() {
          const readings = await Promise.resolve(read()).catch(() => []);
          this.reset();
          for (const reading of readings) this.set(reading.labels ?? {}, reading.value);
        },
      });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
