/**
 * Every security event, with its description. Names follow the OWASP Logging Vocabulary where it defines one;
 * the others follow its style. docs/security-events.md is generated from this list.
 */
export const AUDIT_EVENTS = {
  user_created: 'A registration created an account, which is not active yet.',
  user_registration_taken:
    'A registration named an address or number that has an account; the owner is notified.',
  user_email_verified: 'The e-mail address of an account was verified.',
  user_phone_verified: 'The phone number of an account was verified.',
  user_phone_removed: 'The phone number of an account was removed.',
  user_status_changed:
    'An account was suspended or reinstated; `reason`: the status, `count`: sessions that were revoked.',
  user_roles_changed: 'The roles of an account were set; `reason`: the roles.',
  user_contact_removed: 'A password reset removed a contact that was added recently; `reason`: the channel.',
  user_change_undone:
    'A change of an account and all later ones were undone by its link; `reason`: the change, `count`: sessions that were revoked.',
  user_change_undo_fail:
    'The password that should prove an undo of the second factor was wrong; `reason`: the change.',
  authn_otp_sent: 'A code for an account was created and handed to delivery; `reason`: the purpose.',
  authn_otp_not_sent: 'A code was requested, but no account is eligible for it; `reason`: the purpose.',
  authn_otp_fail: 'A code was rejected; `reason`: the error code.',
  authn_mfa_challenge:
    'The first step of a sign-in succeeded, and the second is required; `reason`: the methods so far.',
  authn_mfa_fail: 'A code of the second factor was wrong; `reason`: its kind.',
  authn_mfa_fail_max: 'The limit of wrong codes of the second factor was reached.',
  authn_mfa_enroll: 'The enrolment of an authenticator app began.',
  authn_mfa_enabled: 'An authenticator app was confirmed; sign-ins require a code from now on.',
  authn_mfa_disabled: 'The second factor was removed; `reason`: the kind of code that authorized it.',
  authn_mfa_reset:
    'An operator removed the second factor; `reason`: the operator and why, `count`: sessions that were revoked.',
  authn_mfa_recovery_code_used: 'A recovery code was used to sign in; `count`: codes left.',
  authn_mfa_recovery_codes_created:
    'All recovery codes were replaced; `reason`: the kind of code that authorized it.',
  authn_login_success: 'A sign-in was completed; `reason`: the methods.',
  authn_login_fail: 'A sign-in by password was rejected.',
  authn_login_fail_max: 'The limit of wrong passwords of an account was reached.',
  authn_password_change: 'A password was set; `count`: sessions that were revoked.',
  authn_password_change_fail:
    'A password change or reset was rejected; for a reset `reason`: the error code.',
  authn_token_created: 'A session started; `count`: older sessions that were evicted for it.',
  authn_token_rotated: 'A refresh token was exchanged for the next.',
  authn_token_repeated: 'A refresh token was repeated within the grace window and returned the same tokens.',
  'token.refresh.reused': 'A refresh token was reused: its session was revoked, and the owner is notified.',
  authn_token_revoked:
    'Sessions were revoked; `reason`: why, `count`: how many, where it can be more than one.',
  authn_api_key_created: 'An API key was created; the owner is notified.',
  authn_api_key_revoked: 'The owner revoked an API key.',
  authn_api_token_created: 'A program exchanged an API key for an access token.',
  authn_api_token_fail:
    'A program presented an API key with another secret, or a key that was revoked or has expired; without an account: an unknown key.',
  authz_fail:
    'A request for an object that the caller may not access was rejected; `reason`: the error code and the field, `count`: how often in the request.',
  excess_rate_limit_exceeded: 'A limit was reached; `reason`: the field, `count`: how often in the request.',
  message_dropped: 'A message was dropped; `reason`: its kind and the cause, `count`: the attempts.',
} as const satisfies Record<string, string>

/** The name of a security event. */
export type AuditEventName = keyof typeof AUDIT_EVENTS
