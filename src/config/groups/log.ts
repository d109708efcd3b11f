import { z } from 'zod'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { nonEmptyText, wholeNumber } from '../setting-types.ts'

const MEBIBYTE = 1_048_576

const settings = {
  LOG_FORMAT: {
    type: z.enum(['plain', 'ecs']).default('plain'),
    doc: 'Names in log entries: those of [logging.md](logging.md), or those of the Elastic Common Schema.',
  },
  LOG_DIR: {
    type: nonEmptyText('path of a folder').optional(),
    doc: 'Folder of `auth.log`, `api.log`, `error.log` and `performance.log`, of this process alone; created with mode 0750 if it is missing. Standard output has every entry, too. Not with `WORKERS`.',
    fallback: 'no files are written',
  },
  LOG_FILE_MB: {
    type: wholeNumber(1, 10_000).default(64),
    unit: 'MiB',
    doc: 'Size at which a log file is renamed to `auth.log.1` and a new one is begun.',
  },
  LOG_FILES: {
    type: wholeNumber(1, 100).default(5),
    doc: 'Number of renamed files that are kept of each log file; the oldest one is deleted.',
  },
  LOG_API_SAMPLE: {
    type: z
      .string()
      .regex(/^(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)$/, 'a number from 0 to 1')
      .transform(Number)
      .describe('0 to 1')
      .default(1),
    doc: 'Share of the lines of successful requests (`http.request_completed`) that are written; each has its `sampleRate`. Every other entry is written.',
  },
  SLOW_REQUEST_MS: {
    type: wholeNumber(0, 60_000).default(1000),
    unit: 'ms',
    doc: 'Time from which a request is logged as `http.request_slow`; 0 logs none.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type LogValues = ValuesOf<typeof settings>

/** Files of the log. */
export interface LogFilesConfig {
  readonly folder: string
  /** Size in bytes at which a file is renamed. */
  readonly maxBytes: number
  /** Renamed files that are kept of each. */
  readonly rotated: number
}

/** What is logged, how and where. */
export interface LogConfig {
  readonly format: 'plain' | 'ecs'
  /** Null: standard output only. */
  readonly files: LogFilesConfig | null
  /** Share of the lines of successful requests that are written, 0 to 1. */
  readonly sampleRate: number
  /** Milliseconds from which a request is slow; 0: none is. */
  readonly slowRequestMs: number
}

/** Settings of the log. */
export const logGroup = {
  title: 'Log',
  settings,
  toConfig: (values: LogValues): LogConfig => ({
    format: values.LOG_FORMAT,
    files: toFilesConfig(values),
    sampleRate: values.LOG_API_SAMPLE,
    slowRequestMs: values.SLOW_REQUEST_MS,
  }),
  crossChecks: () => [],
} satisfies SettingGroup<LogValues, LogConfig>

function toFilesConfig(values: LogValues): LogFilesConfig | null {
  const { LOG_DIR: folder, LOG_FILE_MB: megabytes, LOG_FILES: rotated } = values
  return folder === undefined ? null : { folder, maxBytes: megabytes * MEBIBYTE, rotated }
}
