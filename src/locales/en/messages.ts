/** English of the messages, which decides what there is to say. `sms` texts keep to the characters of GSM 03.38. */
export const MESSAGES_EN = {
  /** By plural category. */
  minutes: { one: '{{count}} minute', other: '{{count}} minutes' },

  /** The same in every message. */
  frame: {
    validity: 'It is valid for {{duration}} and works once.',
    preheader: 'Valid for {{duration}}. Never tell the code to anyone.',
    warning: 'If you did not ask for it, ignore this message. Never tell the code to anyone, not even to us.',
    linkLead: 'Or, instead of typing the code, open this page:',
    linkFallback: 'If the button does not open, copy this address into your browser:',
    footer: 'You get this message because it concerns the security of your account at {{product}}.',
  },

  /** Codes, by purpose. `line` carries the code wherever it is said in a sentence, at the beginning of a text message too. */
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
      subject: 'Choose a new password',
      lead: 'Enter this code to choose a new password.',
      line: 'Your password reset code is {{code}}',
      button: 'Choose a password',
    },
  },

  /** A code by text message, the longest form first: the first that fits into one segment is sent. */
  smsCode: {
    full: '{{line}}. It is valid for {{duration}}. Never tell it to anyone. {{product}}',
    plain: '{{line}}, valid for {{duration}}. {{product}}',
    brief: '{{line}}, valid for {{duration}}.',
    short: '{{line}}',
  },

  /** Everything else, by kind. */
  told: {
    'address-taken': {
      subject: 'You already have an account',
      body: 'Someone, perhaps you, tried to register with this address. You already have an account: sign in instead.',
      advice: 'If it was not you, nothing has changed and there is nothing to do.',
      sms: '{{product}}: someone tried to register with this number. You already have an account: sign in instead.',
    },
    'refresh-reused': {
      subject: 'A session of yours was ended',
      body: 'A sign-in token of your account was used a second time, as happens when it has been copied. We ended that session.',
      advice: 'Sign in again. If you suspect a stranger, end your other sessions too.',
      sms: '{{product}}: a sign-in token of yours seems to have been copied, so we ended that session. Please sign in again.',
    },
    'password-changed': {
      subject: 'Your password was changed',
      body: 'The password of your account was changed, and other sessions have ended.',
      advice: 'If it was not you, choose a new password at once.',
      sms: '{{product}}: your password was changed. If it was not you, choose a new one at once.',
    },
    'phone-changed': {
      subject: 'Your phone number was changed',
      body: 'The phone number of your account is now {{phone}}.',
      advice: 'If it was not you, end your sessions and choose a new password.',
      sms: '{{product}}: the phone number of your account is now {{phone}}. If it was not you, choose a new password.',
    },
    'totp-enabled': {
      subject: 'An authenticator app was added',
      body: 'Signing in to your account now asks for a code of your authenticator app.',
      advice: 'If it was not you, choose a new password at once.',
      sms: '{{product}}: an authenticator app was added. If it was not you, choose a new password at once.',
    },
    'totp-disabled': {
      subject: 'Your authenticator app was removed',
      body: 'Signing in to your account no longer asks for a code of an authenticator app.',
      advice: 'If it was not you, choose a new password at once.',
      sms: '{{product}}: your authenticator app was removed. If it was not you, choose a new password at once.',
    },
    'recovery-codes-replaced': {
      subject: 'Your recovery codes were replaced',
      body: 'New recovery codes were made for your account; the ones before work no more.',
      advice: 'If it was not you, choose a new password at once.',
      sms: '{{product}}: your recovery codes were replaced. If it was not you, choose a new password at once.',
    },
    'recovery-code-used': {
      subject: 'A recovery code was used',
      body: 'Someone signed in to your account with a recovery code. Unused codes left: {{left}}.',
      advice: 'If it was not you, choose a new password at once.',
      sms: '{{product}}: a recovery code was used, {{left}} left. If it was not you, choose a new password at once.',
    },
  },
} as const
