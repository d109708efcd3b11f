import type { MailFrom } from '../../ports/mailer.ts'
import type { MailMessage } from '../../ports/mailer.ts'
import type { Transport } from '../../ports/message-transport.ts'
import { buildMessageId } from './message-id.ts'
import { basic, post } from '../messages/post.ts'

/** What Mailgun needs. */
export interface MailgunOptions {
  /** `https://api.mailgun.net`, or `https://api.eu.mailgun.net`. */
  readonly url: string
  readonly apiKey: string
  /** The sending domain. */
  readonly domain: string
  readonly from: MailFrom
}

/** E-mail by Mailgun's v3 messages. */
export function createMailgun({ url, apiKey, domain, from }: MailgunOptions): Transport<MailMessage> {
  const endpoint = `${url}/v3/${encodeURIComponent(domain)}/messages`
  const sender = from.name === '' ? from.address : `"${from.name}" <${from.address}>`
  return {
    name: 'mailgun',
    send({ id, to, subject, text, html }, signal) {
      const body = new FormData()
      const fields = {
        ...{ from: sender, to, subject, text, html },
        'h:Message-Id': buildMessageId(id, from),
        'h:Auto-Submitted': 'auto-generated',
        // Counting clicks would send sign-in links through somebody else's server first.
        'o:tracking': 'no',
      }
      for (const [name, value] of Object.entries(fields)) body.append(name, value)
      const headers = { authorization: basic('api', apiKey) }
      return post({ transport: 'mailgun', url: endpoint, headers, body, signal })
    },
    close: async () => undefined,
  }
}
