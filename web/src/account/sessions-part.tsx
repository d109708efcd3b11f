import { useState } from 'react'
import type { SessionsQuery } from '../generated/graphql.ts'
import {
  useRevokeOtherSessionsMutation,
  useRevokeSessionMutation,
  useSessionsQuery,
} from '../generated/hooks.ts'
import { useTexts, useTimeFormat } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { LoadFailure } from '../parts/load-state.tsx'
import { Notice, ProblemNotice } from '../parts/notice.tsx'
import { Waiting } from '../parts/waiting.tsx'

/** The sessions of the account, each of which can be ended. */
export function SessionsPart() {
  const { sessions: texts } = useTexts()
  const { data, error, refetch } = useSessionsQuery({ fetchPolicy: 'cache-and-network' })
  const [message, setMessage] = useState('')
  const [revokeOthers] = useRevokeOtherSessionsMutation()
  const others = useAction(async () => {
    await revokeOthers()
    await refetch()
    setMessage(texts.othersEnded)
  })
  if (error && !data) return <LoadFailure error={error} onRetry={() => refetch()} />
  if (!data) return <Waiting />
  const { sessions } = data
  const onEnded = async () => {
    await refetch()
    setMessage(texts.ended)
  }
  return (
    <>
      <p className="lead">{texts.lead}</p>
      {message && <Notice tone="success">{message}</Notice>}
      <ul className="rows card">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} onEnded={onEnded} />
        ))}
      </ul>
      <ProblemNotice error={others.error} />
      {sessions.length > 1 && (
        <Button kind="danger" isBusy={others.isBusy} onClick={() => void others.run()}>
          {texts.endOthers}
        </Button>
      )}
    </>
  )
}

interface SessionRowProps {
  readonly session: SessionsQuery['sessions'][number]
  readonly onEnded: () => Promise<void>
}

function SessionRow({ session, onEnded }: SessionRowProps) {
  const { sessions: texts } = useTexts()
  const { time: formatTime } = useTimeFormat()
  const [revoke] = useRevokeSessionMutation()
  const { id, current, device, ipAddress, createdAt, lastUsedAt } = session
  const name = device ?? texts.unknown
  const action = useAction(async () => {
    await revoke({ variables: { id } })
    await onEnded()
  })
  return (
    <li className="row with-action">
      <div>
        <p className="row-title">
          <bdi>{name}</bdi> {current && <span className="badge accent">{texts.current}</span>}
        </p>
        <p className="quiet">
          {texts.signedIn(formatTime(createdAt))} · {texts.used(formatTime(lastUsedAt))}
          {ipAddress && <> · {texts.from(ipAddress)}</>}
        </p>
        <ProblemNotice error={action.error} />
      </div>
      {!current && (
        <Button isBusy={action.isBusy} aria-label={texts.endNamed(name)} onClick={() => void action.run()}>
          {texts.end}
        </Button>
      )}
    </li>
  )
}
