import { z } from 'zod'
import type { CrossCheck, SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { nonEmptyText } from '../setting-types.ts'
import type { LogValues } from './log.ts'
import type { ServerValues } from './server.ts'
import { selectStateStore, type StoreValues } from './store.ts'

/** Most worker processes of one gateway. */
export const MAX_WORKERS = 64

const workerCount = z
  .string()
  .regex(/^(auto|\d{1,2})$/, `a whole number from 1 to ${MAX_WORKERS}, or auto`)
  .transform((text) => (text === 'auto' ? text : Number(text)))
  .refine(
    (count) => count === 'auto' || (count >= 1 && count <= MAX_WORKERS),
    `a whole number from 1 to ${MAX_WORKERS}, or auto`,
  )
  .describe(`1 to ${MAX_WORKERS}, or \`auto\``)

const settings = {
  WORKERS: {
    type: workerCount.optional(),
    doc: 'Number of worker processes that serve requests under a primary process; `auto`: one for each processor. The primary replaces workers that end, and SIGHUP or `gateway reload` applies new settings and certificates without losing a request: [workers.md](workers.md).',
    fallback: 'one process without a primary; SIGHUP ends it',
  },
  PID_PATH: {
    type: nonEmptyText('path of a file').optional(),
    doc: 'File that the primary process of `WORKERS` writes its process id to, and in which `gateway reload` finds it. Gateways that share `DATA_DIR` need different files.',
    fallback: '`<DATA_DIR>/gateway.pid`',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type WorkerValues = ValuesOf<typeof settings>

type Values = WorkerValues & ServerValues & StoreValues & Pick<LogValues, 'LOG_DIR'>

/** Worker processes under a primary process. */
export interface WorkerConfig {
  /** `auto`: one for each processor. */
  readonly count: number | 'auto'
  /** File with the id of the primary process. */
  readonly pidPath: string
}

/** Settings of worker processes. */
export const workerGroup = {
  title: 'Workers',
  settings,
  toConfig: (values: Values): WorkerConfig | null =>
    values.WORKERS === undefined ? null : { count: values.WORKERS, pidPath: toPidPath(values) },
  crossChecks: (values: Values): readonly CrossCheck[] => [
    [
      values.WORKERS !== undefined && selectStateStore(values) === 'memory',
      'STATE_STORE: must be redis, memcached or database with WORKERS, because processes share it',
    ],
    [
      values.WORKERS !== undefined && values.LOG_DIR !== undefined,
      'LOG_DIR: must not be set with WORKERS, because several processes cannot rotate one file; collect standard output',
    ],
  ],
} satisfies SettingGroup<Values, WorkerConfig | null>

/** The file with the id of the primary process. */
export function toPidPath({ PID_PATH, DATA_DIR }: Pick<Values, 'PID_PATH' | 'DATA_DIR'>): string {
  return PID_PATH ?? `${DATA_DIR.replace(/\/$/, '')}/gateway.pid`
}
