import { useProfileQuery, useSecondFactorQuery } from '../generated/hooks.ts'
import { LoadFailure } from '../parts/load-state.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { FactorCard } from './factor-card.tsx'
import { PasswordCard } from './password-card.tsx'

/** The password and the authenticator app. */
export function SecurityPart() {
  const profile = useProfileQuery()
  const factor = useSecondFactorQuery({ fetchPolicy: 'cache-and-network' })
  const error = profile.error ?? factor.error
  const retry = () => Promise.allSettled([profile.refetch(), factor.refetch()])
  if (error && !(profile.data && factor.data)) return <LoadFailure error={error} onRetry={retry} />
  if (!profile.data || !factor.data) return <Waiting />
  return (
    <>
      <PasswordCard hasPassword={profile.data.me.hasPassword} />
      <FactorCard status={factor.data.mySecondFactor} />
    </>
  )
}
