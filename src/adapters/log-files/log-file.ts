import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStream, type RotatingFileStream } from 'rotating-file-stream'
import { SECOND_MS } from '../../core/duration.ts'
import { endsWithText, endsWithinLine } from './log-folder.ts'

/** What happened to a file, once for each outage. */
export type LogFileNews =
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string }
  /** `lost`: lines that the file does not have. */
  | { readonly kind: 'recovered'; readonly name: string; readonly lost: number }

/** Options of one file. */
export interface LogFileOptions {
  readonly folder: string
  /** Such as `api.log`. Renamed files have a number after it, from `.1`, the newest. */
  readonly name: string
  /** Size in bytes at which the file is renamed. */
  readonly maxBytes: number
  /** Renamed files that are kept. */
  readonly rotated: number
  readonly report: (news: LogFileNews) => void
  /** Milliseconds between two attempts after a failure. Default: 5 s. */
  readonly retryMs?: number
  /** Most characters that wait for the disk; further lines are lost. Default: 4 Mi. */
  readonly maxWaiting?: number
}

/** A file of log lines. */
export interface LogFile {
  /** Takes a line, with its line break. Never waits, never throws. */
  write(line: string): void
  /** Writes the lines that are not written yet, when the process exits. */
  flushSync(): void
  /** Writes the lines that wait, and closes the file. */
  close(): Promise<void>
}

/** The owner writes; its group, such as that of a log shipper, reads. */
export const LOG_FILE_MODE = 0o640
const RETRY_MS = 5 * SECOND_MS
const MAX_WAITING = 4 * 1024 * 1024

/**
 * Opens a log file. It is written asynchronously: a slow or full disk delays no request. Lines of one turn of
 * the event loop are written together. While the file cannot be written, lines wait up to a bound, and the
 * attempt is repeated.
 *
 * Rotated by `rotating-file-stream`, which has no dependency. Not by `pino-roll`: the current file has a new
 * name after each rotation (`api.1.log`, `api.2.log`), and it installs date-fns.
 */
export function openLogFile(options: LogFileOptions): LogFile {
  const { folder, name, report, retryMs = RETRY_MS, maxWaiting = MAX_WAITING } = options
  const path = join(folder, name)
  const outage = createOutage(name, report)
  let waiting: string[] = []
  let size = 0
  let file: OpenFile | null = null
  let timer: NodeJS.Immediate | NodeJS.Timeout | null = null
  /** What the stream is writing; empty while it is not. */
  let written = ''
  let isClosed = false

  function schedule(): void {
    if (timer !== null || written !== '' || isClosed) return
    timer = outage.isOpen ? setTimeout(send, retryMs).unref() : setImmediate(send)
  }

  function takeWaiting(): readonly string[] {
    const lines = waiting
    waiting = []
    size = 0
    return lines
  }

  function send(): void {
    timer = null
    if (waiting.length === 0 || isClosed) return
    const prefix = outage.isOpen && endsWithinLine(path) ? '\n' : ''
    const lines = takeWaiting()
    const used = (file ??= openFile(options))
    written = prefix + lines.join('')
    used.stream.write(written, (error) => {
      written = ''
      if (error) fail(error, lines, used)
      else outage.end()
      if (waiting.length > 0) schedule()
    })
  }

  /** A stream cannot be used after an error. Lines that it has not written are written by the next one. */
  function fail(error: Error, lines: readonly string[], { isOpened }: OpenFile): void {
    file = null
    if (!isOpened() || readFact(error, 'syscall') === 'write') {
      waiting = [...lines, ...waiting]
      size = waiting.reduce((sum, line) => sum + line.length, 0)
    }
    // The code of the operating system, such as `ENOSPC`: messages quote paths.
    outage.begin(readFact(error, 'code') ?? error.name)
  }

  /** What the stream is writing is not lost, and is not written twice unless the disk has it this moment. */
  function flushSync(): void {
    const unfinished = written !== '' && endsWithText(path, written) ? '' : written
    const text = unfinished + takeWaiting().join('')
    if (text === '') return
    try {
      appendFileSync(path, text, { mode: LOG_FILE_MODE })
    } catch {
      // The process exits, and standard output has the lines.
    }
  }

  return {
    write(line) {
      if (isClosed) return
      if (size + line.length > maxWaiting) return outage.lose('TOO_SLOW')
      waiting.push(line)
      size += line.length
      schedule()
    },
    flushSync,
    async close() {
      isClosed = true
      const open = file
      if (open) await new Promise<void>((resolve) => open.stream.end(() => resolve()))
      flushSync()
    },
  }
}

/** A stream, and whether it has opened its file. */
interface OpenFile {
  readonly stream: RotatingFileStream
  readonly isOpened: () => boolean
}

function openFile({ folder, name, maxBytes, rotated }: LogFileOptions): OpenFile {
  const options = { path: folder, size: `${maxBytes}B`, rotate: rotated, mode: LOG_FILE_MODE } as const
  const stream = createStream(name, options)
  let isOpened = false
  stream.once('open', () => (isOpened = true))
  // The callback of the write receives it, too.
  stream.on('error', () => undefined)
  return { stream, isOpened: () => isOpened }
}

/** The state of a file that cannot be written, reported when it begins and when it ends. */
function createOutage(name: string, report: LogFileOptions['report']) {
  let isOpen = false
  let lost = 0
  function begin(reason: string): void {
    if (isOpen) return
    isOpen = true
    report({ kind: 'failed', name, reason })
  }
  return {
    get isOpen() {
      return isOpen
    },
    begin,
    /** Counts a line that the file will not have. */
    lose(reason: string): void {
      lost += 1
      begin(reason)
    },
    end(): void {
      if (!isOpen) return
      const news = { kind: 'recovered', name, lost } as const
      isOpen = false
      lost = 0
      report(news)
    },
  }
}

/** `code` or `syscall` of an error of the operating system. */
function readFact(error: Error, name: 'code' | 'syscall'): string | null {
  const value: unknown = Object.entries(error).find(([own]) => own === name)?.[1]
  return typeof value === 'string' ? value : null
}
