import type { MailFrom, MailImage, MailMessage } from '../../ports/mailer.ts'
import type { MessageTransport } from '../../ports/message-transport.ts'
import { buildMessageId } from './message-id.ts'
import { postMessage } from '../messages/post.ts'

/** Options of SendGrid. */
export interface SendGridOptions {
  /** `https://api.sendgrid.com`, or `https://api.eu.sendgrid.com`. */
  readonly url: string
  readonly apiKey: string
  readonly from: MailFrom
}

/** Click tracking would route sign-in links through a third-party server. */
const NO_TRACKING = {
  click_tracking: { enable: false, enable_text: false },
  open_tracking: { enable: false },
}

function toAttachment({ cid, type, base64 }: MailImage) {
  return { content: base64, type, filename: `${cid}.png`, disposition: 'inline', content_id: cid }
}

/** E-mail by SendGrid's Mail Send API v3. One request does not need the provider's SDK. */
export function createSendGrid({ url, apiKey, from }: SendGridOptions): MessageTransport<MailMessage> {
  return {
    name: 'sendgrid',
    send({ id, to, subject, text, html, images = [] }, signal) {
      const body = JSON.stringify({
        personalizations: [{ to: [{ email: to }] }],
        from: { email: from.address, ...(from.name === '' ? {} : { name: from.name }) },
        subject,
        // SendGrid requires plain text first.
        content: [
          { type: 'text/plain', value: text },
          { type: 'text/html', value: html },
        ],
        ...(images.length > 0 && { attachments: images.map(toAttachment) }),
        headers: { 'Message-ID': buildMessageId(id, from), 'Auto-Submitted': 'auto-generated' },
        tracking_settings: NO_TRACKING,
      })
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
      return postMessage({ transport: 'sendgrid', url: `${url}/v3/mail/send`, headers, body, signal })
    },
    close: async () => undefined,
  }
}
