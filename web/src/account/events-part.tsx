import { useSecurityEventsQuery } from '../generated/hooks.ts'
import { useTexts, useTimeFormat } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { LoadFailure } from '../parts/load-state.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { Waiting } from '../parts/waiting.tsx'

/** Events of one page. */
const PAGE_SIZE = 20

/** The security events of the account, newest first. */
export function EventsPart() {
  const { securityEvents: texts, events: names, sessions } = useTexts()
  const { time: formatTime } = useTimeFormat()
  const { data, error, refetch, fetchMore } = useSecurityEventsQuery({
    variables: { first: PAGE_SIZE },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  const { edges = [], pageInfo } = data?.myAuditEvents ?? {}
  const more = useAction(() => fetchMore({ variables: { after: pageInfo?.endCursor ?? null } }))
  if (error && !data) return <LoadFailure error={error} onRetry={() => refetch()} />
  if (!data) return <Waiting />
  return (
    <>
      <p className="lead">{edges.length === 0 ? texts.none : texts.lead}</p>
      <ul className="rows card" hidden={edges.length === 0}>
        {edges.map(({ node }) => (
          <li key={node.id} className="row">
            <p className="row-title">{names[node.event] ?? node.event}</p>
            <p className="quiet">
              {formatTime(node.at)}
              {node.ipAddress && <> · {sessions.from(node.ipAddress)}</>}
            </p>
          </li>
        ))}
      </ul>
      <ProblemNotice error={more.error} />
      {pageInfo?.hasNextPage && (
        <Button className="centered" isBusy={more.isBusy} onClick={() => void more.run()}>
          {texts.more}
        </Button>
      )}
    </>
  )
}
