import { useState } from 'react'
import type { CreateApiKeyMutation, KeyRowFragment } from '../generated/graphql.ts'
import { useApiKeysQuery, useCreateApiKeyMutation, useRevokeApiKeyMutation } from '../generated/hooks.ts'
import { useTexts, useTimeFormat } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { LoadFailure } from '../parts/load-state.tsx'
import { Notice, ProblemNotice } from '../parts/notice.tsx'
import { Card } from '../parts/page.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { describeProblem } from '../problems/describe-problem.ts'
import { useFreshSignIn } from './reauthentication.tsx'

/** Scopes that accounts have by default (`ROLE_SCOPES`), and `account:read`, which every account has. */
const SCOPES = ['account:read', 'posts:read', 'posts:write'] as const

/** The API keys of the account. */
export function ApiKeysPart() {
  const { apiKeys: texts } = useTexts()
  const { data, error, refetch } = useApiKeysQuery({ fetchPolicy: 'cache-and-network' })
  if (error && !data) return <LoadFailure error={error} onRetry={() => refetch()} />
  if (!data) return <Waiting />
  return (
    <>
      <p className="lead">{texts.lead}</p>
      {data.apiKeys.length === 0 ? (
        <p className="quiet">{texts.none}</p>
      ) : (
        <ul className="rows card">
          {data.apiKeys.map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoked={() => refetch()} />
          ))}
        </ul>
      )}
      <NewKey onCreated={() => refetch()} />
    </>
  )
}

function KeyRow({ apiKey, onRevoked }: { apiKey: KeyRowFragment; onRevoked: () => Promise<unknown> }) {
  const { apiKeys: texts } = useTexts()
  const { time: formatTime } = useTimeFormat()
  const [revoke] = useRevokeApiKeyMutation()
  const { id, name, prefix, scopes, lastUsedAt, revokedAt } = apiKey
  const action = useAction(async () => {
    await revoke({ variables: { id } })
    await onRevoked()
  })
  return (
    <li className="row with-action">
      <div>
        <p className="row-title">
          <bdi>{name}</bdi> {revokedAt && <span className="badge">{texts.revoked}</span>}
        </p>
        <p className="quiet">
          <code>{prefix}…</code> · {scopes.join(', ')} ·{' '}
          {lastUsedAt ? texts.used(formatTime(lastUsedAt)) : texts.neverUsed}
        </p>
        <ProblemNotice error={action.error} />
      </div>
      {!revokedAt && (
        <Button isBusy={action.isBusy} aria-label={texts.revokeNamed(name)} onClick={() => void action.run()}>
          {texts.revoke}
        </Button>
      )}
    </li>
  )
}

function NewKey({ onCreated }: { onCreated: () => Promise<unknown> }) {
  const { apiKeys: texts, errors } = useTexts()
  const withFreshSignIn = useFreshSignIn()
  const [create] = useCreateApiKeyMutation()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly string[]>(['posts:read'])
  const [created, setCreated] = useState<CreateApiKeyMutation['createApiKey'] | null>(null)
  const action = useAction(async () => {
    const { data } = await withFreshSignIn(() =>
      create({ variables: { input: { name, scopes: [...scopes] } } }),
    )
    setCreated(data?.createApiKey ?? null)
    setName('')
    await onCreated()
  })
  const { fields } = describeProblem(action.error, errors)
  const toggle = (scope: string) =>
    setScopes(scopes.includes(scope) ? scopes.filter((each) => each !== scope) : [...scopes, scope])
  return (
    <Card title={texts.create}>
      {created && <CreatedKey created={created} />}
      <Form onSubmit={() => void action.run()}>
        <ProblemNotice error={action.error} />
        <Field
          label={texts.name}
          maxLength={100}
          value={name}
          problem={fields['name']}
          onChange={({ target }) => setName(target.value)}
        />
        <fieldset className="checks">
          <legend>{texts.scopes}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="check">
              <input type="checkbox" checked={scopes.includes(scope)} onChange={() => toggle(scope)} />
              <code>{scope}</code>
            </label>
          ))}
          {fields['scopes'] && <p className="field-problem">{fields['scopes']}</p>}
        </fieldset>
        <Button type="submit" isBusy={action.isBusy}>
          {texts.create}
        </Button>
      </Form>
    </Card>
  )
}

function CreatedKey({ created }: { created: CreateApiKeyMutation['createApiKey'] }) {
  const { apiKeys: texts } = useTexts()
  return (
    <Notice tone="success">
      <p>{texts.created}</p>
      <dl className="pairs">
        <dt>{texts.id}</dt>
        <dd>
          <code>{created.apiKey}</code>
        </dd>
        <dt>{texts.secret}</dt>
        <dd>
          <code>{created.apiSecret}</code> <CopyButton text={created.apiSecret} />
        </dd>
      </dl>
    </Notice>
  )
}
