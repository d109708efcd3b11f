import { appendFile, chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Channel } from '../../core/channel.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MailImage, MailMessage } from '../../ports/mailer.ts'
import type { MessageTransport } from '../../ports/message-transport.ts'
import type { SmsMessage } from '../../ports/sms.ts'

/** Options of the development mailbox. */
export interface DevMailboxOptions {
  /** Folder of `outbox.jsonl`. */
  readonly folder: string
  readonly now: Clock
  /** Shows each message on the console; null in production, where messages contain valid codes. */
  readonly show: ((text: string) => void) | null
}

/** The development mailbox as a transport for each channel. */
export interface DevMailboxWriter {
  readonly mail: MessageTransport<MailMessage>
  readonly sms: MessageTransport<SmsMessage>
}

/** One line of the file. */
interface Entry {
  readonly channel: Channel
  readonly to: string
  readonly subject: string | null
  readonly text: string
  readonly html: string | null
}

/**
 * Writes messages to a file of mode 0600, and to the console in development. Nothing leaves the machine. Each
 * line is a JSON object with `at`, `id`, `channel`, `to`, `subject`, `text` and `html`; text messages have
 * null `subject` and `html`.
 */
export function createDevMailboxWriter({ folder, now, show }: DevMailboxOptions): DevMailboxWriter {
  const file = join(folder, 'outbox.jsonl')

  let previous: Promise<unknown> = Promise.resolve()

  /** Appends one message after another, so that the lines are in the order of the calls. */
  function write(id: string, entry: Entry): Promise<'sent'> {
    const written = previous.then(() => append(id, entry))
    previous = written.catch(() => undefined)
    return written
  }

  async function append(id: string, { channel, to, subject, text, html }: Entry): Promise<'sent'> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const line = JSON.stringify({ at: new Date(now()).toISOString(), id, channel, to, subject, text, html })
    await appendFile(file, `${line}\n`, { mode: 0o600 })
    await chmod(file, 0o600)
    const title = subject === null ? '' : ` — ${subject}`
    show?.(`\n  ✉ to ${to}${title}\n${indent(text)}\n`)
    return 'sent'
  }

  const close = async () => undefined
  return {
    mail: {
      name: 'outbox',
      send: ({ id, images = [], html, ...mail }) =>
        write(id, { channel: 'EMAIL', ...mail, html: embedImages(html, images) }),
      close,
    },
    sms: {
      name: 'outbox',
      send: ({ id, ...sms }) => write(id, { channel: 'SMS', subject: null, html: null, ...sms }),
      close,
    },
  }
}

/** Browsers show pictures of a message only as `data:` URLs. */
function embedImages(html: string, images: readonly MailImage[]): string {
  return images.reduce(
    (embedded, { cid, type, base64 }) => embedded.replaceAll(`cid:${cid}`, `data:${type};base64,${base64}`),
    html,
  )
}

/** The whole text, which has the code or the link, without empty lines. */
function indent(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => `    ${line}`).join('\n')
}
