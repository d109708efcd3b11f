import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMailgun } from '../../../src/adapters/mailer/mailgun.ts'
import { createSendGrid } from '../../../src/adapters/mailer/sendgrid.ts'
import { createSmtp } from '../../../src/adapters/mailer/smtp.ts'
import { createWebhook } from '../../../src/adapters/messages/webhook.ts'
import type { EmailAddress } from '../../../src/core/email-address.ts'
import type { MailMessage } from '../../../src/ports/mailer.ts'
import { startProvider, type Provider } from '../../support/servers/provider.ts'
import { startMailServer } from '../../support/servers/smtp.ts'

const PICTURE = Buffer.from('89504e470d0a1a0a', 'hex')
const MAIL: MailMessage = {
  id: 'message-1',
  to: 'ada@example.org' as EmailAddress,
  subject: 'Subject',
  text: 'Text',
  html: '<p><img src="cid:mark"> Text</p>',
  images: [{ cid: 'mark', type: 'image/png', base64: PICTURE.toString('base64') }],
}
const from = { name: 'Example', address: 'no-reply@example.com' as EmailAddress }
const signal = new AbortController().signal

describe('the picture of an e-mail is a part of its own', () => {
  let provider: Provider
  beforeEach(async () => void (provider = await startProvider()))
  afterEach(() => provider.close())
  const sent = () => provider.requests[0]?.body ?? ''

  it('by SMTP: inline, with the id that the HTML names', async () => {
    const server = await startMailServer()
    const transport = createSmtp({ url: `smtp://${server.address}`, ca: null, from, now: Date.now })
    expect(await transport.send(MAIL, signal)).toBe('sent')
    const [attachment] = server.received[0]?.mail.attachments ?? []
    expect(attachment).toMatchObject({ mimeType: 'image/png', disposition: 'inline', contentId: '<mark>' })
    const content = attachment?.content ?? ''
    expect(Buffer.from(content as ArrayBuffer)).toEqual(PICTURE)
    await transport.close()
    await server.close()
  })

  it('by SendGrid: an inline attachment with a content id', async () => {
    await createSendGrid({ url: provider.url, apiKey: 'SG.key', from }).send(MAIL, signal)
    expect(JSON.parse(sent())).toMatchObject({
      attachments: [
        { content: PICTURE.toString('base64'), type: 'image/png', disposition: 'inline', content_id: 'mark' },
      ],
    })
  })

  it('by Mailgun: a part named inline, whose file name is the id', async () => {
    await createMailgun({ url: provider.url, apiKey: 'k', domain: 'mg.example.com', from }).send(MAIL, signal)
    expect(sent()).toMatch(/name="inline"; filename="mark"\r\nContent-Type: image\/png/)
  })

  it('by a webhook: in `images`', async () => {
    const url = `${provider.url}/hook`
    await createWebhook<MailMessage>({ channel: 'EMAIL', url, secret: 's', now: Date.now }).send(MAIL, signal)
    expect(JSON.parse(sent())).toMatchObject({ images: MAIL.images })
  })
})
