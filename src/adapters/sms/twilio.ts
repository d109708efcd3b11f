import type { MessageTransport } from '../../ports/message-transport.ts'
import type { SmsMessage } from '../../ports/sms.ts'
import { buildBasicAuthorization, postMessage } from '../messages/post.ts'

/** Options of Twilio. */
export interface TwilioOptions {
  /** `https://api.twilio.com`. */
  readonly url: string
  readonly accountSid: string
  readonly authToken: string
  /** A number in E.164, an alphanumeric sender, or the SID of a messaging service (`MG…`). */
  readonly from: string
}

/** Text messages by Twilio's Messages API 2010-04-01. One request does not need the provider's SDK. */
export function createTwilio({
  url,
  accountSid,
  authToken,
  from,
}: TwilioOptions): MessageTransport<SmsMessage> {
  const endpoint = `${url}/2010-04-01/Accounts/${accountSid}/Messages.json`
  const sender = /^MG[0-9a-f]{32}$/.test(from) ? 'MessagingServiceSid' : 'From'
  return {
    name: 'twilio',
    send({ to, text }, signal) {
      const body = new URLSearchParams({ To: to, [sender]: from, Body: text })
      const headers = { authorization: buildBasicAuthorization(accountSid, authToken) }
      return postMessage({ transport: 'twilio', url: endpoint, headers, body, signal })
    },
    close: async () => undefined,
  }
}
