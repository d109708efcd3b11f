import type { Transport } from '../../ports/message-transport.ts'
import type { SmsMessage } from '../../ports/sms.ts'
import { basic, post } from '../messages/post.ts'

/** What Twilio needs. */
export interface TwilioOptions {
  /** `https://api.twilio.com`. */
  readonly url: string
  readonly accountSid: string
  readonly authToken: string
  /** A number in E.164, an alphanumeric sender, or the SID of a messaging service (`MG…`). */
  readonly from: string
}

/** Text messages by Twilio's Messages resource, version 2010-04-01. */
export function createTwilio({ url, accountSid, authToken, from }: TwilioOptions): Transport<SmsMessage> {
  const endpoint = `${url}/2010-04-01/Accounts/${accountSid}/Messages.json`
  const sender = /^MG[0-9a-f]{32}$/.test(from) ? 'MessagingServiceSid' : 'From'
  return {
    name: 'twilio',
    send({ to, text }, signal) {
      const body = new URLSearchParams({ To: to, [sender]: from, Body: text })
      const headers = { authorization: basic(accountSid, authToken) }
      return post({ transport: 'twilio', url: endpoint, headers, body, signal })
    },
    close: async () => undefined,
  }
}
