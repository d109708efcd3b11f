import { ApolloProvider } from '@apollo/client/react'
import { lazy, useMemo } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { AccountPage } from './account/account-page.tsx'
import { ReauthenticationProvider } from './account/reauthentication.tsx'
import { createApollo } from './gateway/create-apollo.ts'
import { useGateway } from './gateway/gateway.tsx'
import { useTexts } from './language/language.tsx'
import { Button, ButtonLink } from './parts/button.tsx'
import { TaskCard } from './parts/page.tsx'
import { NavLink, Shell } from './parts/shell.tsx'
import { EditPostPage } from './posts/edit-post-page.tsx'
import { PostPage } from './posts/post-page.tsx'
import { PostsPage } from './posts/posts-page.tsx'
import { ARRIVALS, readReturnPath } from './sign-in/return-path.ts'
import { usePending } from './sign-in/pending.ts'

const CodePage = lazy(async () => ({ default: (await import('./sign-in/code-page.tsx')).CodePage }))
const ForgotPasswordPage = lazy(async () => ({
  default: (await import('./sign-in/forgot-password-page.tsx')).ForgotPasswordPage,
}))
const NewPasswordPage = lazy(async () => ({
  default: (await import('./sign-in/new-password-page.tsx')).NewPasswordPage,
}))

/** Screens of a signed-in account. Each account has one of these, with a cache of its own. */
export function SignedInArea({ userId }: { userId: string }) {
  const { auth } = useGateway()
  const apollo = useMemo(() => createApollo(auth, () => document.documentElement.lang), [auth])
  return (
    <ApolloProvider client={apollo}>
      <Shell nav={<Navigation />}>
        <ReauthenticationProvider>
          <Switch>
            <Route path="/posts" component={PostsPage} />
            <Route path="/posts/new">
              <EditPostPage id={null} userId={userId} />
            </Route>
            <Route path="/posts/:id/edit">
              {({ id }) => <EditPostPage key={id} id={id} userId={userId} />}
            </Route>
            <Route path="/posts/:id">{({ id }) => <PostPage key={id} id={id} userId={userId} />}</Route>
            <Route path="/account">
              <Redirect to="/account/profile" replace />
            </Route>
            <Route path="/account/:part">{({ part }) => <AccountPage part={part} />}</Route>
            <Route path="/code" component={ResetCodePage} />
            <Route path="/forgot-password" component={ForgotPasswordPage} />
            <Route path="/new-password" component={NewPasswordPage} />
            {ARRIVALS.map((path) => (
              <Route key={path} path={path}>
                <Redirect to={readReturnPath(path)} replace />
              </Route>
            ))}
            <Route component={MissingPage} />
          </Switch>
        </ReauthenticationProvider>
      </Shell>
    </ApolloProvider>
  )
}

function Navigation() {
  const { nav } = useTexts()
  const { auth } = useGateway()
  return (
    <nav className="nav" aria-label={nav.label}>
      <NavLink href="/posts">{nav.posts}</NavLink>
      <NavLink href="/account">{nav.account}</NavLink>
      <Button kind="quiet" onClick={() => void auth.logout()}>
        {nav.signOut}
      </Button>
    </nav>
  )
}

/** Only a password reset has a code for a signed-in account: that of a sign-in was used. */
function ResetCodePage() {
  const pending = usePending('code')
  return pending?.purpose === 'RESET_PASSWORD' ? (
    <CodePage />
  ) : (
    <Redirect to={readReturnPath('/code')} replace />
  )
}

function MissingPage() {
  const { states } = useTexts()
  return (
    <TaskCard title={states.missingTitle} lead={states.missing}>
      <ButtonLink href="/posts" kind="main">
        {states.home}
      </ButtonLink>
    </TaskCard>
  )
}
