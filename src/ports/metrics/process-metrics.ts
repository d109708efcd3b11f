import { FIRST_HUNDRED, type MetricDeclaration } from './declarations.ts'

/** A metric of the process, which the library of metrics collects. */
interface ProcessMetricDeclaration extends MetricDeclaration {
  readonly type: 'counter' | 'gauge' | 'histogram'
}

const NONE = {}
const SPACE = { space: FIRST_HUNDRED }

/**
 * The metrics of the process and of Node.js under the names that Prometheus clients share. Further ones of
 * the library are left out: `promtool check metrics` rejects their names, and their labels have no bound.
 */
export const PROCESS_METRICS = {
  process_cpu_seconds_total: { type: 'counter', labels: NONE, help: 'Processor time in seconds.' },
  process_cpu_user_seconds_total: { type: 'counter', labels: NONE, help: 'The part of it in user mode.' },
  process_cpu_system_seconds_total: { type: 'counter', labels: NONE, help: 'The part of it in the kernel.' },
  process_start_time_seconds: { type: 'gauge', labels: NONE, help: 'Start of the process, in Unix time.' },
  process_resident_memory_bytes: { type: 'gauge', labels: NONE, help: 'Resident memory.' },
  process_virtual_memory_bytes: { type: 'gauge', labels: NONE, help: 'Virtual memory. Linux only.' },
  process_heap_bytes: { type: 'gauge', labels: NONE, help: 'Data segment of the process. Linux only.' },
  process_open_fds: { type: 'gauge', labels: NONE, help: 'Open file descriptors. Linux only.' },
  process_max_fds: { type: 'gauge', labels: NONE, help: 'Most open file descriptors. Linux only.' },
  nodejs_eventloop_lag_seconds: {
    type: 'gauge',
    labels: NONE,
    help: 'Delay of the event loop at the scrape.',
  },
  nodejs_eventloop_lag_min_seconds: {
    type: 'gauge',
    labels: NONE,
    help: 'Least delay since the last scrape.',
  },
  nodejs_eventloop_lag_max_seconds: {
    type: 'gauge',
    labels: NONE,
    help: 'Greatest delay since the last scrape.',
  },
  nodejs_eventloop_lag_mean_seconds: {
    type: 'gauge',
    labels: NONE,
    help: 'Mean delay since the last scrape.',
  },
  nodejs_eventloop_lag_stddev_seconds: {
    type: 'gauge',
    labels: NONE,
    help: 'Standard deviation of the delay.',
  },
  nodejs_eventloop_lag_p50_seconds: { type: 'gauge', labels: NONE, help: 'Median delay.' },
  nodejs_eventloop_lag_p90_seconds: { type: 'gauge', labels: NONE, help: '90th percentile of the delay.' },
  nodejs_eventloop_lag_p99_seconds: { type: 'gauge', labels: NONE, help: '99th percentile of the delay.' },
  nodejs_heap_size_total_bytes: { type: 'gauge', labels: NONE, help: 'Size of the JavaScript heap.' },
  nodejs_heap_size_used_bytes: { type: 'gauge', labels: NONE, help: 'The used part of it.' },
  nodejs_external_memory_bytes: { type: 'gauge', labels: NONE, help: 'Memory of objects outside the heap.' },
  nodejs_heap_space_size_total_bytes: { type: 'gauge', labels: SPACE, help: 'Size of a space of the heap.' },
  nodejs_heap_space_size_used_bytes: { type: 'gauge', labels: SPACE, help: 'The used part of a space.' },
  nodejs_heap_space_size_available_bytes: { type: 'gauge', labels: SPACE, help: 'The free part of a space.' },
  nodejs_gc_duration_seconds: {
    type: 'histogram',
    labels: { kind: ['major', 'minor', 'incremental', 'weakcb'] },
    help: 'Duration of garbage collections.',
  },
  nodejs_version_info: {
    type: 'gauge',
    labels: { version: FIRST_HUNDRED, major: FIRST_HUNDRED, minor: FIRST_HUNDRED, patch: FIRST_HUNDRED },
    help: 'The version of Node.js. The value is 1.',
  },
} as const satisfies Record<string, ProcessMetricDeclaration>
