import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { Route, Switch } from 'wouter'
import { useAuthState, useGateway } from './gateway/gateway.tsx'
import { Failure } from './parts/failure.tsx'
import { LoadFailure } from './parts/load-state.tsx'
import { Shell } from './parts/shell.tsx'
import { Waiting } from './parts/waiting.tsx'
import { SignInPage } from './sign-in/sign-in-page.tsx'

const RegisterPage = lazy(async () => ({
  default: (await import('./sign-in/register-page.tsx')).RegisterPage,
}))
const CodePage = lazy(async () => ({ default: (await import('./sign-in/code-page.tsx')).CodePage }))
const SecondStepPage = lazy(async () => ({
  default: (await import('./sign-in/second-step-page.tsx')).SecondStepPage,
}))
const ForgotPasswordPage = lazy(async () => ({
  default: (await import('./sign-in/forgot-password-page.tsx')).ForgotPasswordPage,
}))
const NewPasswordPage = lazy(async () => ({
  default: (await import('./sign-in/new-password-page.tsx')).NewPasswordPage,
}))
const SignedInArea = lazy(async () => ({ default: (await import('./signed-in-area.tsx')).SignedInArea }))

/** The app: the screens for sign-in, or those of the account. */
export function App() {
  const state = useAuthState()
  return (
    <Failure>
      <Suspense
        fallback={
          <Shell>
            <Waiting />
          </Shell>
        }
      >
        {state.status === 'signed-in' && <SignedInArea key={state.userId} userId={state.userId} />}
        {state.status === 'signed-out' && <SignedOutArea />}
        {state.status === 'unknown' && <Start />}
      </Suspense>
    </Failure>
  )
}

/**
 * Screens without a sign-in. Every other address shows the sign-in, and its own screen after it: a link to a
 * post leads there.
 */
function SignedOutArea() {
  return (
    <Shell>
      <Switch>
        <Route path="/register" component={RegisterPage} />
        <Route path="/code" component={CodePage} />
        <Route path="/second-step" component={SecondStepPage} />
        <Route path="/forgot-password" component={ForgotPasswordPage} />
        <Route path="/new-password" component={NewPasswordPage} />
        <Route component={SignInPage} />
      </Switch>
    </Shell>
  )
}

/** While the gateway has not said whether the cookie is valid, and the screen if it cannot say. */
function Start() {
  const { auth } = useGateway()
  const [error, setError] = useState<unknown>(null)
  const look = useCallback(() => auth.refresh().catch(setError), [auth])
  useEffect(() => void look(), [look])
  return <Shell>{error ? <LoadFailure error={error} onRetry={look} /> : <Waiting />}</Shell>
}
