import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { readReturnPath } from './return-path.ts'
import type { MfaRequired, PhoneVerified, ResetGranted, SignedIn } from 'graphql-auth-gateway-client'
import { toPendingFactor, toPendingReset, type PendingCode } from './pending.ts'

/** What a step of a sign-in led to. */
export type StepResult = SignedIn | MfaRequired | PhoneVerified | ResetGranted | PendingCode

/**
 * The function that opens the screen of the next step. Signed in, the app itself goes on. A step that is over
 * is replaced in the history, so that "back" does not lead to a code that was used.
 */
export function useNextStep(options: { readonly replace?: boolean } = {}): (result: StepResult) => void {
  const [path, navigate] = useLocation()
  const { replace = false } = options
  return useCallback(
    (result) => {
      const from = readReturnPath(path)
      if ('kind' in result) return navigate('/code', { state: { ...result, from }, replace })
      switch (result.__typename) {
        case 'MfaChallenge':
          return navigate('/second-step', { state: { ...toPendingFactor(result), from }, replace })
        case 'PasswordResetGrant':
          return navigate('/new-password', { state: { ...toPendingReset(result), from }, replace })
        case 'AuthPayload':
        case 'PhoneVerified':
          return undefined
      }
    },
    [navigate, path, replace],
  )
}
