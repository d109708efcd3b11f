import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CHANNEL_NAMES } from '../../core/channel.ts'
import type { DevMailbox, DevMailboxMessage } from '../../ports/dev-mailbox.ts'

/** Bytes that are read from the end of the file: about 200 messages with HTML. */
const TAIL_BYTES = 2 * 1024 * 1024

const messageSchema = z.object({
  id: z.string().min(1).optional(),
  at: z.coerce.date(),
  channel: z.enum(CHANNEL_NAMES).default('EMAIL'),
  to: z.string(),
  subject: z.string().nullish(),
  text: z.string(),
  html: z.string().nullish(),
})

/** Reads `outbox.jsonl` in a folder. Invalid and incomplete lines are skipped. */
export function createDevMailboxReader(folder: string): DevMailbox {
  const path = join(folder, 'outbox.jsonl')
  return {
    async latest(count) {
      const lines = (await readTail(path)).split('\n')
      const messages: DevMailboxMessage[] = []
      for (let index = lines.length - 1; index >= 0 && messages.length < count; index -= 1) {
        const message = parseMessage(lines[index] ?? '')
        if (message) messages.push(message)
      }
      return messages
    },
  }
}

/** The end of a file; empty if the file does not exist. */
async function readTail(path: string): Promise<string> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
  try {
    const { size } = await file.stat()
    const length = Math.min(size, TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

function parseMessage(text: string): DevMailboxMessage | null {
  try {
    const { id = hashLine(text), subject, html, ...rest } = messageSchema.parse(JSON.parse(text))
    return { ...rest, id, subject: subject || null, html: html || null }
  } catch {
    return null
  }
}

/** The id of a message of an earlier version, which wrote none. */
function hashLine(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
