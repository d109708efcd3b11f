import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { host, wholeNumber } from '../setting-types.ts'
import type { ServerValues } from './server.ts'

const settings = {
  METRICS_PORT: {
    type: wholeNumber(0, 65535).optional(),
    doc: 'Port that serves `GET /metrics` (Prometheus), separate from `PORT`; 0 selects a free one.',
    fallback: 'metrics are off',
  },
  METRICS_HOST: {
    type: host.default('127.0.0.1'),
    doc: 'Address that `METRICS_PORT` listens on. Metrics are not authenticated: use an address of the internal network.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type MetricsValues = ValuesOf<typeof settings>

type Values = MetricsValues & ServerValues

/** Where metrics are served. */
export interface MetricsConfig {
  readonly host: string
  readonly port: number
}

/** Settings of metrics. */
export const metricsGroup = {
  title: 'Metrics',
  settings,
  toConfig: ({ METRICS_PORT: port, METRICS_HOST: host }: MetricsValues): MetricsConfig | null =>
    port === undefined ? null : { host, port },
  crossChecks: (values: Values) => [
    [values.METRICS_PORT === values.PORT && values.PORT !== 0, 'METRICS_PORT: must differ from PORT'],
  ],
} satisfies SettingGroup<Values, MetricsConfig | null>
