/** Purpose of a one-time code, as in the schema. */
export type OtpPurpose = 'LOGIN' | 'RESET_PASSWORD' | 'VERIFY_EMAIL' | 'VERIFY_PHONE'
/** Method of the second step of a sign-in, as in the schema. */
export type MfaMethod = 'RECOVERY_CODE' | 'TOTP'

/** The signed-in account. */
export interface AuthUser {
  readonly id: string
  readonly email: string | null
  readonly phone: string | null
  readonly fullName: string | null
  readonly roles: readonly string[]
}

/** A code was sent, if the address can receive one: the response does not reveal it. */
export interface CodeSent {
  readonly challengeId: string
  /** Seconds until the code expires. */
  readonly expiresIn: number
  /** Seconds until another code can be requested. */
  readonly resendAvailableIn: number
  /** The code, at gateways that return it for development; else null. */
  readonly otpCode: string | null
}

/** The result of `requestOtp`. */
export interface OtpRequested extends CodeSent {
  readonly channel: 'EMAIL' | 'SMS'
  /** Masked. */
  readonly destination: string
}

/** The device is signed in. The tokens stay in the client. */
export interface SignedIn {
  readonly __typename: 'AuthPayload'
  readonly user: AuthUser
}

/** The account has a second factor: `verifyMfa` completes the sign-in. */
export interface MfaRequired {
  readonly __typename: 'MfaChallenge'
  readonly challengeId: string
  readonly methods: readonly MfaMethod[]
  /** Seconds until the challenge expires. */
  readonly expiresIn: number
}

/** The phone number of the signed-in account is verified. */
export interface PhoneVerified {
  readonly __typename: 'PhoneVerified'
  readonly user: AuthUser
}

/** `resetPassword` can be called. */
export interface ResetGranted {
  readonly __typename: 'PasswordResetGrant'
  readonly resetToken: string
  /** Seconds until the token expires. */
  readonly expiresIn: number
  /** Methods that `mfaCode` accepts; empty without a second factor. */
  readonly mfaMethods: readonly MfaMethod[]
}

/** Input of the sign-in calls, as in the schema. */
export interface SignInInputs {
  readonly register: {
    readonly email: string
    readonly password?: string
    readonly fullName?: string
    readonly locale?: string
  }
  readonly registerPhone: { readonly phone: string; readonly fullName?: string; readonly locale?: string }
  readonly requestOtp: ContactChoice & { readonly purpose?: OtpPurpose }
  readonly verifyOtp: (ContactChoice | { readonly challengeId: string }) & {
    readonly code: string
    readonly purpose?: OtpPurpose
  }
  readonly login: { readonly email: string; readonly password: string }
  readonly verifyMfa: { readonly challengeId: string; readonly code: string }
  readonly resetPassword: {
    readonly resetToken: string
    readonly newPassword: string
    readonly mfaCode?: string
  }
}

/** Exactly one of an e-mail address and a phone number. */
export type ContactChoice = { readonly email: string } | { readonly phone: string }

const USER = 'user{id email phone fullName roles}'
const TOKENS = `accessToken expiresIn refreshToken session{id} ${USER}`
const SIGN_IN = `__typename ...on AuthPayload{${TOKENS}} ...on MfaChallenge{challengeId methods expiresIn}`
const SENT = 'challengeId expiresIn resendAvailableIn otpCode'

/** Each field takes the input type of its name. */
function toMutation(field: keyof SignInInputs, selection: string): string {
  const type = field[0]?.toUpperCase() + field.slice(1)
  return `mutation ${field}($input:${type}Input!){${field}(input:$input){${selection}}}`
}

/** The documents that the client sends, by the field that they call: for allow lists of operations. */
export const AUTH_CLIENT_OPERATIONS = {
  register: toMutation('register', SENT),
  registerPhone: toMutation('registerPhone', SENT),
  requestOtp: toMutation('requestOtp', `${SENT} channel destination`),
  verifyOtp: toMutation(
    'verifyOtp',
    `${SIGN_IN} ...on PasswordResetGrant{resetToken expiresIn mfaMethods} ...on PhoneVerified{${USER}}`,
  ),
  login: toMutation('login', SIGN_IN),
  verifyMfa: toMutation('verifyMfa', `__typename ${TOKENS}`),
  resetPassword: toMutation('resetPassword', `__typename ${TOKENS}`),
  refresh: `mutation refresh($refreshToken:String){refresh(refreshToken:$refreshToken){${TOKENS}}}`,
  logout: 'mutation logout($everywhere:Boolean=false){logout(everywhere:$everywhere){revokedSessions}}',
} as const satisfies Readonly<Record<string, string>>

/** A field that the client calls. */
export type AuthClientOperation = keyof typeof AUTH_CLIENT_OPERATIONS
