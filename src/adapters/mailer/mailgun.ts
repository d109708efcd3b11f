import type { MailFrom, MailMessage } from '../../ports/mailer.ts'
import type { MessageTransport } from '../../ports/message-transport.ts'
import { buildMessageId } from './message-id.ts'
import { buildBasicAuthorization, postMessage } from '../messages/post.ts'

/** Options of Mailgun. */
export interface MailgunOptions {
  /** `https://api.mailgun.net`, or `https://api.eu.mailgun.net`. */
  readonly url: string
  readonly apiKey: string
  /** The sending domain. */
  readonly domain: string
  readonly from: MailFrom
}

/** E-mail by Mailgun's Messages API v3. One request does not need the provider's SDK. */
export function createMailgun({ url, apiKey, domain, from }: MailgunOptions): MessageTransport<MailMessage> {
  const endpoint = `${url}/v3/${encodeURIComponent(domain)}/messages`
  const sender = from.name === '' ? from.address : `"${from.name}" <${from.address}>`
  return {
    name: 'mailgun',
    send({ id, to, subject, text, html, images = [] }, signal) {
      const body = new FormData()
      const fields = {
        ...{ from: sender, to, subject, text, html },
        'h:Message-Id': buildMessageId(id, from),
        'h:Auto-Submitted': 'auto-generated',
        // Click tracking would route sign-in links through a third-party server.
        'o:tracking': 'no',
      }
      for (const [name, value] of Object.entries(fields)) body.append(name, value)
      // The name of the part is the id after `cid:`.
      for (const { cid, type, base64 } of images)
        body.append('inline', new Blob([Buffer.from(base64, 'base64')], { type }), cid)
      const headers = { authorization: buildBasicAuthorization('api', apiKey) }
      return postMessage({ transport: 'mailgun', url: endpoint, headers, body, signal })
    },
    close: async () => undefined,
  }
}
