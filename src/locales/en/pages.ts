/**
 * English texts of the HTML pages. Their keys and placeholders define what every other language must have.
 */
export const PAGES_EN = {
  /** The page behind the link of a confirmation message. */
  verifyEmail: {
    title: 'Confirm your e-mail address',
    lead: 'An account was requested with this e-mail address. If you did not request it, close this page; you do not need to do anything.',
    button: 'Confirm my e-mail address',
    doneTitle: 'E-mail address confirmed',
    done: 'Return to the app and sign in.',
    invalidTitle: 'This link is no longer valid',
    invalid:
      'It was already used, has expired, or was replaced by a newer one. Request a new link in the app.',
    unavailable: 'The e-mail address could not be confirmed. Try again in a moment.',
    noScript: 'This page requires JavaScript. Enable it, or enter the code of the message in the app.',
  },

  /** The list of messages that development mode shows. */
  devMailbox: {
    title: 'Development mailbox',
    lead: 'Messages that production would have sent, newest first.',
    reload: 'Reload',
    empty: 'No messages yet. Register an account or request a code, then reload this page.',
  },
} as const
