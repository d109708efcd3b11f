/**
 * English texts of e-mails and text messages. Their keys and placeholders define what every other language
 * must have. `sms` texts use only characters of GSM 03.38.
 */
export const MESSAGES_EN = {
  /** Forms of a duration, by plural category. */
  minutes: { one: '{{count}} minute', other: '{{count}} minutes' },

  /** Texts around every code. */
  frame: {
    validity: 'It is valid for {{duration}} and can be used once.',
    preheader: 'Valid for {{duration}}. Never share the code.',
    warning: 'If you did not request it, ignore this message. Never share the code, not even with us.',
    linkLead: 'Instead of entering the code, you can open this page:',
    linkFallback: 'If the button does not open, copy this address into your browser:',
    footer: 'You receive this message because it concerns the security of your {{product}} account.',
  },

  /** Codes, by purpose. `line` is the sentence with the code; a text message starts with it. */
  code: {
    LOGIN: {
      subject: 'Your sign-in code',
      lead: 'Enter this code to sign in to {{product}}.',
      line: 'Your sign-in code is {{code}}',
      button: 'Sign in',
    },
    VERIFY_EMAIL: {
      subject: 'Confirm your e-mail address',
      lead: 'Enter this code to confirm that this e-mail address is yours.',
      line: 'Your confirmation code is {{code}}',
      button: 'Confirm address',
    },
    VERIFY_PHONE: {
      subject: 'Confirm your phone number',
      lead: 'Enter this code to confirm that this phone number is yours.',
      line: 'Your confirmation code is {{code}}',
      button: 'Confirm number',
    },
    RESET_PASSWORD: {
      subject: 'Reset your password',
      lead: 'Enter this code to reset your password.',
      line: 'Your password reset code is {{code}}',
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

  /** Notifications without a code, by kind. */
  told: {
    'address-taken': {
      subject: 'You already have an account',
      body: 'Someone, perhaps you, tried to register with this address. You already have an account: sign in instead.',
      advice: 'If it was not you, nothing has changed and you do not need to do anything.',
      sms: '{{product}}: someone tried to register with this number. You already have an account: sign in instead.',
    },
    'refresh-reused': {
      subject: 'One of your sessions was ended',
      body: 'A sign-in token of your account was used twice, which happens if it was copied. We ended that session.',
      advice: 'Sign in again. If you suspect unauthorized access, end your other sessions too.',
      sms: '{{product}}: one of your sign-in tokens may have been copied, so we ended that session. Please sign in again.',
    },
    'password-changed': {
      subject: 'Your password was changed',
      body: 'The password of your account was changed, and your other sessions were ended.',
      advice: 'If it was not you, choose a new password immediately.',
      sms: '{{product}}: your password was changed. If it was not you, choose a new one immediately.',
    },
    'phone-changed': {
      subject: 'Your phone number was changed',
      body: 'The phone number of your account is now {{phone}}.',
      advice: 'If it was not you, end your sessions and choose a new password.',
      sms: '{{product}}: the phone number of your account is now {{phone}}. If it was not you, choose a new password.',
    },
    'totp-enabled': {
      subject: 'An authenticator app was added',
      body: 'Signing in to your account now requires a code from your authenticator app.',
      advice: 'If it was not you, choose a new password immediately.',
      sms: '{{product}}: an authenticator app was added. If it was not you, choose a new password immediately.',
    },
    'totp-disabled': {
      subject: 'Your authenticator app was removed',
      body: 'Signing in to your account no longer requires a code from an authenticator app.',
      advice: 'If it was not you, choose a new password immediately.',
      sms: '{{product}}: your authenticator app was removed. If it was not you, choose a new password immediately.',
    },
    'recovery-codes-replaced': {
      subject: 'Your recovery codes were replaced',
      body: 'New recovery codes were created for your account. The previous ones are no longer valid.',
      advice: 'If it was not you, choose a new password immediately.',
      sms: '{{product}}: your recovery codes were replaced. If it was not you, choose a new password immediately.',
    },
    'recovery-code-used': {
      subject: 'A recovery code was used',
      body: 'Someone signed in to your account with a recovery code. Unused codes left: {{left}}.',
      advice: 'If it was not you, choose a new password immediately.',
      sms: '{{product}}: a recovery code was used, {{left}} left. If it was not you, choose a new password immediately.',
    },
  },
} as const
