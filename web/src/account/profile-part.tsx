import { useGateway } from '../gateway/gateway.tsx'
import { useProfileQuery } from '../generated/hooks.ts'
import { LanguageChoice, useTexts, useTimeFormat } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { LoadFailure } from '../parts/load-state.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { Card } from '../parts/page.tsx'
import { Waiting } from '../parts/waiting.tsx'

/** The profile, the language, and the sign-out. */
export function ProfilePart() {
  const { account: texts, common, language } = useTexts()
  const { date: formatDate } = useTimeFormat()
  const { data, error, refetch } = useProfileQuery()
  if (error && !data) return <LoadFailure error={error} onRetry={() => refetch()} />
  if (!data) return <Waiting />
  const { fullName, email, phone, createdAt } = data.me
  return (
    <>
      <section className="card">
        <p className="name">
          <bdi>{fullName ?? common.unnamed}</bdi>
        </p>
        <p>
          <bdi>{email ?? phone}</bdi>
        </p>
        <p className="quiet">{texts.since(formatDate(createdAt))}</p>
      </section>
      <Card title={language.label}>
        <p className="quiet">{texts.languageHint}</p>
        <LanguageChoice />
      </Card>
      <SignOutCard />
    </>
  )
}

function SignOutCard() {
  const { account: texts } = useTexts()
  const { auth } = useGateway()
  const here = useAction(() => auth.logout())
  const everywhere = useAction(() => auth.logout({ everywhere: true }))
  return (
    <Card title={texts.signOutTitle}>
      <p className="quiet">{texts.signOutLead}</p>
      <ProblemNotice error={here.error ?? everywhere.error} />
      <div className="actions">
        <Button isBusy={here.isBusy} onClick={() => void here.run()}>
          {texts.signOutHere}
        </Button>
        <Button kind="danger" isBusy={everywhere.isBusy} onClick={() => void everywhere.run()}>
          {texts.signOutEverywhere}
        </Button>
      </div>
    </Card>
  )
}
