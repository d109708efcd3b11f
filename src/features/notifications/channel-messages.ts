import type { Channel, Contact } from '../../core/channel.ts'
import type { ChannelMessages, MessageSenders } from '../../ports/message-senders.ts'
import type { DeliveryResult } from '../../ports/message-transport.ts'
import type { MessageRenderer } from './message-renderer.ts'
import type { Notification, Recipient } from './notification.ts'

/** A notification to be rendered for one contact. */
export interface Rendering<Kind extends Channel> {
  /** The id of the message. */
  readonly id: string
  readonly address: Contact<Kind>['address']
  readonly notification: Notification
  readonly languages: Recipient['languages']
}

/** Renders a notification as the message of each channel. */
const CHANNEL_MESSAGES: {
  readonly [Kind in Channel]: (renderer: MessageRenderer, rendering: Rendering<Kind>) => ChannelMessages[Kind]
} = {
  EMAIL: (renderer, { id, address, notification, languages }) => {
    const { subject, text, html, images } = renderer.renderMail(notification, languages)
    const pictures = images.length > 0 ? { images } : {}
    return { id, to: address, subject: removeLineBreaks(subject), text, html, ...pictures }
  },
  SMS: (renderer, { id, address, notification, languages }) => ({
    id,
    to: address,
    text: renderer.renderSms(notification, languages),
  }),
}

/** Renders a notification and sends it by the channel of the contact. */
export function sendByChannel<Kind extends Channel>(
  senders: MessageSenders,
  renderer: MessageRenderer,
  { channel, address }: Contact<Kind>,
  content: Omit<Rendering<Kind>, 'address'>,
): Promise<DeliveryResult> {
  return senders[channel].send(CHANNEL_MESSAGES[channel](renderer, { ...content, address }))
}

/** A line break in a subject would start another header (RFC 5322 §2.2). */
function removeLineBreaks(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
