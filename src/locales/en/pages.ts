/**
 * English texts of the HTML pages. Their keys and placeholders define what every other language must have.
 */
export const PAGES_EN = {
  /** The foot of every page. */
  shell: {
    support: 'Help',
    terms: 'Terms of service',
    privacy: 'Privacy',
  },

  /** In place of any page while the gateway sheds load. */
  busy: {
    title: 'The service is busy',
    text: 'This page loads again by itself in a few seconds.',
  },

  /** What the pages behind links have in common. */
  linkPage: {
    linkLabel: 'Paste the link of the message',
    again: 'Try again',
    openApp: 'Open the app',
    brokenTitle: 'This link is not complete',
    broken:
      'The mail program may have cut it off. Open the link of the message once more, or copy all of it.',
    limitedTitle: 'Too many attempts',
    limited: 'Wait a few minutes, then try again.',
    unavailableTitle: 'That did not work',
  },

  /** The page behind the link of a confirmation message. */
  verifyEmail: {
    title: 'Confirm your e-mail address',
    lead: 'An account was requested with this e-mail address. If you did not request it, close this page; you do not need to do anything.',
    button: 'Confirm my e-mail address',
    doneTitle: 'E-mail address confirmed',
    done: 'Return to the app and sign in.',
    alreadyTitle: 'E-mail address already confirmed',
    already: 'This link was used before, and the address is confirmed. Return to the app and sign in.',
    expiredTitle: 'This link is no longer valid',
    expired: 'It has expired, or was replaced by a newer one. Request a new link in the app.',
    unavailable: 'The e-mail address could not be confirmed. Check the connection and try again in a moment.',
  },

  /** The page behind the link of a notification. */
  undoChange: {
    title: 'Was this not you?',
    lead: 'This undoes the change that the message named and everything that was changed after it, and signs out every device.',
    button: 'Undo the change',
    proofTitle: 'One more proof',
    proof:
      'The second factor of the account is affected. Enter the password that the account had before the change, or open the link on a device that you used before.',
    passwordLabel: 'Password before the change',
    wrong: 'This is not a password that the account had before the change.',
    doneTitle: 'The change was undone',
    done: 'All devices were signed out. Now open the app and reset your password: others may know it.',
    taken: 'One address or number could not be restored, because another account uses it now.',
    expiredTitle: 'This link is no longer valid',
    expired: 'It was already used, or it has expired.',
    limited: 'Try again tomorrow.',
    unavailable: 'The change could not be undone. Check the connection and try again in a moment.',
  },

  /** The list of messages that development mode shows. */
  devMailbox: {
    title: 'Development mailbox',
    lead: 'Messages that production would have sent, newest first. New ones appear by themselves.',
    search: 'Search by address',
    searchButton: 'Search',
    empty: 'No messages yet',
    emptyHint: 'Register an account or request a code: its message appears here.',
    noMatch: 'No message to such an address',
    noMatchHint: 'The search looks at the latest messages. Shorten it, or clear it.',
    code: 'Code',
    copy: 'Copy',
    copied: 'Copied',
    preview: 'Preview',
    plainText: 'Plain text',
    newMessage: 'New message:',
    offline: 'The gateway does not respond. Messages appear again when it does.',
  },
} as const
