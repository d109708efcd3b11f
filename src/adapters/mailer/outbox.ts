import { appendFile, chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../ports/clock.ts'
import type { Mailer } from '../../ports/mailer.ts'

/** What the outbox needs. */
export interface OutboxOptions {
  /** Folder of `outbox.jsonl`: one JSON object a line with `at`, `to`, `subject` and `text`. */
  readonly folder: string
  readonly now: Clock
  /** Shows each message to whoever runs the server; null in production, where messages hold live codes. */
  readonly show: ((text: string) => void) | null
}

/** Messages to a file of mode 0600, and to the console in development. Nothing leaves the machine. */
export function createOutbox({ folder, now, show }: OutboxOptions): Mailer {
  const file = join(folder, 'outbox.jsonl')
  return {
    async send(message) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await appendFile(file, `${JSON.stringify({ at: new Date(now()).toISOString(), ...message })}\n`, {
        mode: 0o600,
      })
      await chmod(file, 0o600)
      show?.(`\n  ✉ to ${message.to} — ${message.subject}\n    ${message.text.split('\n')[0] ?? ''}\n`)
    },
    close: async () => undefined,
  }
}
