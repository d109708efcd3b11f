import type { MailFrom } from '../../ports/mailer.ts'
import type { MailMessage } from '../../ports/mailer.ts'
import type { Transport } from '../../ports/message-transport.ts'
import { buildMessageId } from './message-id.ts'
import { post } from '../messages/post.ts'

/** What SendGrid needs. */
export interface SendGridOptions {
  /** `https://api.sendgrid.com`, or `https://api.eu.sendgrid.com`. */
  readonly url: string
  readonly apiKey: string
  readonly from: MailFrom
}

/** Counting clicks would send sign-in links through somebody else's server first. */
const NO_TRACKING = {
  click_tracking: { enable: false, enable_text: false },
  open_tracking: { enable: false },
}

/** E-mail by SendGrid's v3 Mail Send. */
export function createSendGrid({ url, apiKey, from }: SendGridOptions): Transport<MailMessage> {
  return {
    name: 'sendgrid',
    send({ id, to, subject, text, html }, signal) {
      const body = JSON.stringify({
        personalizations: [{ to: [{ email: to }] }],
        from: { email: from.address, ...(from.name === '' ? {} : { name: from.name }) },
        subject,
        // The order is theirs: plain text first.
        content: [
          { type: 'text/plain', value: text },
          { type: 'text/html', value: html },
        ],
        headers: { 'Message-ID': buildMessageId(id, from), 'Auto-Submitted': 'auto-generated' },
        tracking_settings: NO_TRACKING,
      })
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
      return post({ transport: 'sendgrid', url: `${url}/v3/mail/send`, headers, body, signal })
    },
    close: async () => undefined,
  }
}
