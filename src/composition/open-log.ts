import type { LogFileNews } from '../adapters/log-files/log-file.ts'
import { LogFolderError } from '../adapters/log-files/log-folder.ts'
import { openLogFiles, type LogFiles } from '../adapters/log-files/log-files.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../config/load-config.ts'
import { createLog } from '../http/log.ts'
import type { Logger } from '../ports/logger.ts'

/** The log of a gateway, as its settings describe it. */
export interface OpenedLog {
  readonly log: Logger
  /** Writes the lines that wait for the files: for the `exit` event of the process. */
  readonly flushSync: () => void
  /** Writes the lines that wait for the files, and closes these. */
  readonly close: () => Promise<void>
}

/**
 * Opens the log: standard output, or `output`, and the files of `LOG_DIR`. Throws a `ConfigError` if a file
 * cannot be written.
 */
export function openLog(
  { server: { logLevel }, log: { format, files: config } }: Config,
  output?: { write(line: string): void },
): OpenedLog {
  const files = config === null ? null : openFiles(config, (news) => reportNews(log, news))
  const log = createLog(logLevel, output, {
    format,
    ...(files && { writeToFile: (stream, line) => files.write(stream, line) }),
  })
  return {
    log,
    flushSync: () => files?.flushSync(),
    close: async () => files?.close(),
  }
}

function openFiles(
  config: NonNullable<Config['log']['files']>,
  report: (news: LogFileNews) => void,
): LogFiles {
  try {
    return openLogFiles(config, report)
  } catch (error) {
    throw error instanceof LogFolderError ? new ConfigError([`LOG_DIR: ${error.message}`]) : error
  }
}

/** To standard output and the other files. */
function reportNews(log: Logger, news: LogFileNews): void {
  if (news.kind === 'failed')
    log.error(
      { event: 'log.file_failed', file: news.name, reason: news.reason },
      'a log file cannot be written: its lines wait, and standard output has them',
    )
  else
    log.info(
      { event: 'log.file_recovered', file: news.name, lost: news.lost },
      'the log file is written again',
    )
}
