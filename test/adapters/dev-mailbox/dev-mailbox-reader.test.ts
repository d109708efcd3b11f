import { parseEmail } from '../../../src/core/email-address.ts'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDevMailboxWriter } from '../../../src/adapters/dev-mailbox/dev-mailbox-writer.ts'
import { createDevMailboxReader } from '../../../src/adapters/dev-mailbox/dev-mailbox-reader.ts'
import { removeFolder, temporaryFolder } from '../../support/backends.ts'

describe('the development mailbox', () => {
  let folder: string
  beforeEach(() => void (folder = temporaryFolder()))
  afterEach(() => removeFolder(folder))

  const write = (...lines: unknown[]) =>
    writeFileSync(join(folder, 'outbox.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const line = (number: number, more = {}) => ({
    at: '2026-01-31T08:00:00.000Z',
    to: `${number}@example.com`,
    subject: 's',
    text: 't',
    ...more,
  })

  it('keeps the order of concurrent messages', async () => {
    const devMailbox = createDevMailboxWriter({ folder, now: Date.now, show: null })
    const ids = Array.from({ length: 50 }, (_, index) => String(index))
    const to = parseEmail('a@example.com')
    if (!to) throw new Error('the address must be valid')
    const signal = new AbortController().signal
    await Promise.all(
      ids.map((id) => devMailbox.mail.send({ id, to, subject: id, text: '', html: '' }, signal)),
    )
    const latest = await createDevMailboxReader(folder).latest(50)
    expect(latest.map(({ subject }) => subject).reverse()).toEqual(ids)
  })

  it('reads what was written', async () => {
    const devMailbox = createDevMailboxWriter({ folder, now: () => 1_800_000_000_000, show: null })
    const to = parseEmail('a@example.com')
    if (!to) throw new Error('the address must be valid')
    const mail = { id: '1', to, subject: '제목', text: 'x\ny', html: '<p>x</p>' }
    await devMailbox.mail.send(mail, new AbortController().signal)
    expect(await createDevMailboxReader(folder).latest(5)).toEqual([
      {
        id: '1',
        at: new Date(1_800_000_000_000),
        channel: 'EMAIL',
        to: 'a@example.com',
        subject: '제목',
        text: 'x\ny',
        html: '<p>x</p>',
      },
    ])
  })

  it('is empty without messages', async () => {
    expect(await createDevMailboxReader(join(folder, 'none')).latest(5)).toEqual([])
    writeFileSync(join(folder, 'outbox.jsonl'), '')
    expect(await createDevMailboxReader(folder).latest(5)).toEqual([])
  })

  it('returns the newest messages first, of both channels and of an earlier version', async () => {
    write(line(1), line(2), line(3, { channel: 'SMS', to: '+44', subject: '' }))
    const reader = createDevMailboxReader(folder)
    expect((await reader.latest(2)).map(({ to }) => to)).toEqual(['+44', '2@example.com'])
    expect((await reader.latest(9)).map(({ channel, subject, html }) => [channel, subject, html])).toEqual([
      ['SMS', null, null],
      ['EMAIL', 's', null],
      ['EMAIL', 's', null],
    ])
    const ids = (await reader.latest(9)).map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect((await reader.latest(9)).map(({ id }) => id)).toEqual(ids)
  })

  it('skips invalid and incomplete lines', async () => {
    write(
      line(1),
      'text',
      null,
      7,
      [],
      {},
      line(2, { at: 'never' }),
      line(3, { text: 5 }),
      line(4, { channel: 'FAX' }),
    )
    appendFileSync(join(folder, 'outbox.jsonl'), '\n\nnot json\n{"at":"2026-01-31T08:00:00.000Z","to":"5@ex')
    expect((await createDevMailboxReader(folder).latest(9)).map(({ to }) => to)).toEqual(['1@example.com'])
  })

  it('reads only the end of a long file', async () => {
    const html = '가'.repeat(100_000)
    write(...Array.from({ length: 12 }, (_, number) => line(number, { html })))
    const messages = await createDevMailboxReader(folder).latest(100)
    expect(messages.map(({ to }) => to)).toEqual(
      [11, 10, 9, 8, 7, 6].map((number) => `${number}@example.com`),
    )
    expect(messages.every((message) => message.html === html)).toBe(true)
  })

  it('fails if the file cannot be read', async () => {
    mkdirSync(join(folder, 'outbox.jsonl'))
    await expect(createDevMailboxReader(folder).latest(1)).rejects.toThrow('EISDIR')
  })
})
