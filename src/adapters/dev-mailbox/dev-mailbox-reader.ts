import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { DevMailbox, DevMailboxMessage } from '../../ports/dev-mailbox.ts'

/** How much of the end of the file is read, in bytes: about 200 messages with HTML. */
const TAIL = 2 * 1024 * 1024

const line = z.object({
  at: z.coerce.date(),
  channel: z.enum(['EMAIL', 'SMS']).default('EMAIL'),
  to: z.string(),
  subject: z.string().nullish(),
  text: z.string(),
  html: z.string().nullish(),
})

/** The messages of `outbox.jsonl` in a folder. Lines that are no messages, or not whole yet, are passed over. */
export function createDevMailboxReader(folder: string): DevMailbox {
  const path = join(folder, 'outbox.jsonl')
  return {
    async latest(count) {
      const lines = (await endOf(path)).split('\n')
      const messages: DevMailboxMessage[] = []
      for (let index = lines.length - 1; index >= 0 && messages.length < count; index -= 1) {
        const message = messageIn(lines[index] ?? '')
        if (message) messages.push(message)
      }
      return messages
    },
  }
}

/** The last bytes of a file; empty where there is none. */
async function endOf(path: string): Promise<string> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
  try {
    const { size } = await file.stat()
    const length = Math.min(size, TAIL)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

function messageIn(text: string): DevMailboxMessage | null {
  try {
    const { subject, html, ...rest } = line.parse(JSON.parse(text))
    return { ...rest, subject: subject || null, html: html || null }
  } catch {
    return null
  }
}
