/**
 * Every security fact worth keeping, and when it is one. Names follow the OWASP Logging Vocabulary where it has one; what it leaves
 * to its users is named in its manner. docs/security-events.md is made from this.
 */
export const AUDIT_EVENTS = {
  user_created: 'A registration made an account, not yet active.',
  user_registration_taken: 'A registration of an address or number that has an account; its owner is told.',
  user_email_verified: 'An address was shown to be its account’s.',
  user_phone_verified: 'A number was shown to be its account’s.',
  user_status_changed:
    'An account was suspended or reinstated; `reason`: the status, `count`: sessions that ended.',
  user_roles_changed: 'An account’s roles were set; `reason`: the roles.',
  authn_otp_sent: 'A code was made for an account and handed to delivery; `reason`: the purpose.',
  authn_otp_not_sent: 'A code was asked for where no account may have one; `reason`: the purpose.',
  authn_otp_fail: 'A code was refused; `reason`: the code of the refusal.',
  authn_mfa_challenge:
    'The first step of a sign-in was right, the second is asked for; `reason`: the methods so far.',
  authn_mfa_fail: 'A code of the second factor was wrong; `reason`: its kind.',
  authn_mfa_fail_max: 'Codes of the second factor were wrong too often.',
  authn_mfa_enroll: 'The set-up of an authenticator app began.',
  authn_mfa_enabled: 'An authenticator app is asked for from now on.',
  authn_mfa_disabled: 'The second factor was removed; `reason`: the kind of code that allowed it.',
  authn_mfa_recovery_code_used: 'A recovery code was spent; `count`: those that are left.',
  authn_mfa_recovery_codes_created:
    'New recovery codes took the place of all; `reason`: the kind of code that allowed it.',
  authn_login_success: 'A sign-in is complete.',
  authn_login_fail: 'A sign-in by password was refused.',
  authn_login_fail_max: 'Passwords of an account were wrong too often.',
  authn_password_change: 'A password was set; `count`: sessions that ended.',
  authn_password_change_fail:
    'A change or reset of a password was refused; of a reset `reason`: the code of the refusal.',
  authn_token_created: 'A session began; `count`: older ones that it put out of their places.',
  authn_token_rotated: 'A refresh token was exchanged for the next.',
  authn_token_repeated: 'A refresh token was sent again in time, and answered with the same tokens.',
  'token.refresh.reused': 'A spent refresh token came back: its session is over, and its owner is told.',
  authn_token_revoked:
    'Sessions were ended; `reason`: why, `count`: how many, where more than one may have been.',
  authz_fail:
    'Somebody reached for what is not theirs; `reason`: the refusal and the field, `count`: how often in the request.',
  excess_rate_limit_exceeded: 'A limit was met; `reason`: the field, `count`: how often in the request.',
  message_dropped: 'A message was given up; `reason`: its kind and why, `count`: the attempts.',
} as const satisfies Record<string, string>

/** The name of a security fact. */
export type AuditEventName = keyof typeof AUDIT_EVENTS
