import type { LogFilesConfig } from '../../config/groups/log.ts'
import { LOG_STREAMS, type LogStream } from '../../core/log-streams.ts'
import { LOG_FILE_MODE, openLogFile, type LogFileOptions } from './log-file.ts'
import { prepareLogFolder } from './log-folder.ts'

/** A file for each stream of the log. */
export interface LogFiles {
  /** Takes a line of a stream. Never waits, never throws. */
  write(stream: LogStream, line: string): void
  /** Writes the lines that wait, before the process exits. */
  flushSync(): void
  /** Writes the lines that wait, and closes the files. */
  close(): Promise<void>
}

/** Opens the files of all streams. Throws a `LogFolderError` if one cannot be written. */
export function openLogFiles(config: LogFilesConfig, report: LogFileOptions['report']): LogFiles {
  const names = LOG_STREAMS.map((stream) => `${stream}.log`)
  prepareLogFolder(config.folder, names, LOG_FILE_MODE)
  const open = (stream: LogStream) => openLogFile({ ...config, name: `${stream}.log`, report })
  const files = {
    auth: open('auth'),
    api: open('api'),
    error: open('error'),
    performance: open('performance'),
  }
  const all = Object.values(files)
  return {
    write: (stream, line) => files[stream].write(line),
    flushSync: () => all.forEach((file) => file.flushSync()),
    close: async () => void (await Promise.all(all.map((file) => file.close()))),
  }
}
