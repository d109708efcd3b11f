import type { COUNTERS } from './metrics/counters.ts'
import type { LabelsOf } from './metrics/declarations.ts'
import type { GAUGES } from './metrics/gauges.ts'
import type { HISTOGRAMS } from './metrics/histograms.ts'

/** The name of a counter. */
export type CounterName = keyof typeof COUNTERS
/** The name of a gauge. */
export type GaugeName = keyof typeof GAUGES
/** The name of a histogram. */
export type HistogramName = keyof typeof HISTOGRAMS
/** The labels of a counter. */
export type CounterLabels<Name extends CounterName> = LabelsOf<(typeof COUNTERS)[Name]>
/** The labels of a gauge. */
export type GaugeLabels<Name extends GaugeName> = LabelsOf<(typeof GAUGES)[Name]>
/** The labels of a histogram. */
export type HistogramLabels<Name extends HistogramName> = LabelsOf<(typeof HISTOGRAMS)[Name]>

/** All metrics in the text exposition format 0.0.4, with its content type. */
export interface MetricsText {
  readonly type: string
  readonly text: string
}

/** The values of all metrics of a process, as data that can be sent to another one. */
export type MetricsSnapshot = readonly object[]

/**
 * Collects metrics, which `src/ports/metrics/` declares. Counting never fails and never waits. The library
 * keeps the objects of labels, so they must not be changed later.
 */
export interface Metrics {
  /** Adds one, or `amount`, to a counter. 0 creates the series, so that its first increase is seen. */
  count<Name extends CounterName>(name: Name, labels: CounterLabels<Name>, amount?: number): void
  /** Adds a duration in seconds to a histogram. */
  observe<Name extends HistogramName>(name: Name, labels: HistogramLabels<Name>, seconds: number): void
  /**
   * Sets how one series of a gauge is read at each scrape. While `read` throws or rejects, the scrape has no
   * such series.
   */
  gauge<Name extends GaugeName>(
    name: Name,
    labels: GaugeLabels<Name>,
    read: () => number | Promise<number>,
  ): void
  read(): Promise<MetricsText>
  snapshot(): Promise<MetricsSnapshot>
}
