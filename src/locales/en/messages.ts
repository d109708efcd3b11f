/**
 * English texts of e-mails and text messages. Their keys and placeholders define what every other language
 * must have. `sms` texts use only characters of GSM 03.38.
 */
export const MESSAGES_EN = {
  /** Forms of a duration, by plural category. */
  brief: 'less than a minute',
  minutes: { one: '{{count}} minute', other: '{{count}} minutes' },
  hours: { one: '{{count}} hour', other: '{{count}} hours' },

  /** Texts around every code. */
  frame: {
    validity: 'It is valid for {{duration}} and can be used once.',
    preheader: 'Valid for {{duration}}. Never share the code.',
    warning: 'If you did not request it, ignore this message. Never share the code, not even with us.',
    linkLead: 'Instead of entering the code, you can open this page within {{linkDuration}}:',
    linkFallback: 'If the button does not open, copy this address into your browser:',
    linkValidity: 'The link is valid for {{linkDuration}} and can be used once.',
    linkWarning: 'If you did not request it, ignore this message.',
    footer: 'You receive this message because it concerns the security of your {{product}} account.',
  },

  /** Links below every e-mail, where the settings name them. */
  links: {
    support: 'Help',
    terms: 'Terms of service',
    privacy: 'Privacy',
  },

  /**
   * Codes, by purpose. `line` is the sentence with the code; a text message starts with it. `linkOnly`
   * replaces `lead` when the code has expired and the link has not.
   */
  code: {
    LOGIN: {
      subject: 'Your sign-in code',
      lead: 'Enter this code to sign in to {{product}}.',
      line: 'Your sign-in code is {{code}}',
      linkOnly: 'Open this page to sign in to {{product}}.',
      button: 'Sign in',
    },
    VERIFY_EMAIL: {
      subject: 'Confirm your e-mail address',
      lead: 'Enter this code to confirm that this e-mail address is yours.',
      line: 'Your confirmation code is {{code}}',
      linkOnly: 'Open this page to confirm that this e-mail address is yours.',
      button: 'Confirm address',
    },
    VERIFY_PHONE: {
      subject: 'Confirm your phone number',
      lead: 'Enter this code to confirm that this phone number is yours.',
      line: 'Your confirmation code is {{code}}',
      linkOnly: 'Open this page to confirm that this phone number is yours.',
      button: 'Confirm number',
    },
    RESET_PASSWORD: {
      subject: 'Reset your password',
      lead: 'Enter this code to reset your password.',
      line: 'Your password reset code is {{code}}',
      linkOnly: 'Open this page to reset your password.',
      button: 'Reset password',
    },
  },

  /** Forms of a text message with a code, longest first. The first one that fits into one segment is sent. */
  smsCode: {
    full: '{{line}}. It is valid for {{duration}}. Do not share it. {{product}}',
    plain: '{{line}}, valid for {{duration}}. {{product}}',
    brief: '{{line}}, valid for {{duration}}.',
    short: '{{line}}',
  },

  /** The request that a notification is about. */
  origin: {
    unknown: 'unknown',
    mail: 'Time: {{time}} UTC. Network: {{network}}. Device: {{device}}.',
    sms: '({{time}} UTC, {{device}}, {{network}})',
  },

  /** The link that undoes a change. It replaces the advice of the notification. */
  undo: {
    lead: 'If it was not you, undo it within {{duration}}. This also undoes later changes and ends all sessions.',
    button: 'This was not me',
    sms: 'Not you? {{link}}',
  },

  /**
   * Notifications without a code, by kind. A text message consists of `sms`, the request, and `smsAdvice` or
   * the link that undoes the change.
   */
  notices: {
    'address-taken': {
      subject: 'You already have an account',
      body: 'Someone, perhaps you, tried to register with this address. You already have an account: sign in instead.',
      advice: 'If it was not you, nothing has changed and you do not need to do anything.',
      sms: '{{product}}: someone tried to register with this number.',
      smsAdvice: 'You already have an account: sign in instead.',
    },
    'refresh-reused': {
      subject: 'One of your sessions was ended',
      body: 'A sign-in token of your account was used twice, which happens if it was copied. We ended that session.',
      advice: 'Sign in again. If it happens again, reset your password: that ends every session.',
      sms: '{{product}}: a sign-in token may have been copied. We ended that session.',
      smsAdvice: 'Please sign in again.',
    },
    'password-dropped': {
      subject: 'Your account has no password',
      body: 'Your address is confirmed. The password of the registration was removed, because it was not confirmed on the device that chose it.',
      advice: 'Sign in with a code. To choose a password, reset it.',
      sms: '{{product}}: the password of your registration was removed.',
      smsAdvice: 'Sign in with a code.',
    },
    'password-changed': {
      subject: 'Your password was changed',
      body: 'The password of your account was changed, and your other sessions were ended.',
      advice: 'If it was not you, reset your password with a code: that ends every session.',
      sms: '{{product}}: your password was changed.',
      smsAdvice: 'Not you? Reset your password with a code.',
    },
    'password-reset-contact-removed': {
      subject: 'Your password was reset',
      body: 'The password of your account was reset, and all other sessions were ended. {{contact}}, which was added recently, was removed.',
      advice:
        'If you added it yourself, add it again. If the reset was not yours, reset your password with a code.',
      sms: '{{product}}: your password was reset and {{contact}} removed.',
      smsAdvice: 'Not you? Reset your password with a code.',
    },
    'phone-changed': {
      subject: 'Your phone number was changed',
      body: 'The phone number of your account is now {{phone}}.',
      advice:
        'If it was not you, reset your password with a code to this address: that also removes the number.',
      sms: '{{product}}: the phone number of your account is now {{phone}}.',
      smsAdvice: 'Not you? Reset your password with a code.',
    },
    'phone-removed': {
      subject: 'Your phone number was removed',
      body: 'The phone number {{phone}} was removed from your account.',
      advice:
        'If it was not you, reset your password with a code to this address, then add the number again.',
      sms: '{{product}}: the phone number {{phone}} was removed from your account.',
      smsAdvice: 'Not you? Reset your password with a code.',
    },
    'totp-enabled': {
      subject: 'An authenticator app was added',
      body: 'Signing in to your account now requires a code from your authenticator app.',
      advice:
        'If it was not you, ask the operator of {{product}} to remove the app: a password reset does not.',
      sms: '{{product}}: an authenticator app was added.',
      smsAdvice: 'Not you? Ask the operator to remove it.',
    },
    'totp-disabled': {
      subject: 'Your authenticator app was removed',
      body: 'Signing in to your account no longer requires a code from an authenticator app.',
      advice: 'If it was not you, reset your password with a code, then add the app again.',
      sms: '{{product}}: your authenticator app was removed.',
      smsAdvice: 'Not you? Reset your password with a code.',
    },
    'recovery-codes-replaced': {
      subject: 'Your recovery codes were replaced',
      body: 'New recovery codes were created for your account. The previous ones are no longer valid.',
      advice: 'If it was not you, reset your password with a code, then replace the recovery codes.',
      sms: '{{product}}: your recovery codes were replaced.',
      smsAdvice: 'Not you? Reset your password with a code.',
    },
    'recovery-code-used': {
      subject: 'A recovery code was used',
      body: 'Someone signed in to your account with a recovery code. Unused codes left: {{left}}.',
      advice: 'If it was not you, reset your password with a code, then replace the recovery codes.',
      sms: '{{product}}: a recovery code was used, {{left}} left.',
      smsAdvice: 'Not you? Reset your password with a code.',
    },
    'api-key-created': {
      subject: 'An API key was created',
      body: 'The API key {{apiKey}} was created for your account. With its secret, a program can act for you within the scopes of the key.',
      advice:
        'If it was not you, reset your password with a code: that ends every session and revokes every API key.',
      sms: '{{product}}: an API key was created.',
      smsAdvice: 'Not you? Reset your password with a code.',
    },
    'change-undone': {
      subject: 'A change of your account was undone',
      body: 'Your account is as it was before the change, and all sessions were ended.',
      advice: 'Reset your password now with a code: others may know the one before the change.',
      sms: '{{product}}: a change of your account was undone, and all sessions were ended.',
      smsAdvice: 'Reset your password now with a code.',
    },
    'second-factor-reset': {
      subject: 'An operator removed your second factor',
      body: 'An operator of {{product}} removed the authenticator app and the recovery codes of your account, and ended all sessions.',
      advice: 'Reset your password with a code, then add an authenticator app again.',
      sms: '{{product}}: an operator removed your authenticator app and ended all sessions.',
      smsAdvice: 'Reset your password with a code.',
    },
  },
} as const
