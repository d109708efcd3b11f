import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { ApolloProvider } from '@apollo/client/react'
import { OperationTypeNode } from 'graphql'
import { createClient } from 'graphql-ws'
import { Suspense, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import {
  useCreatePostMutation,
  useMeLazyQuery,
  usePostsQuery,
  usePostsSuspenseQuery,
  useSessionEventsSubscription,
} from '../../../src/react/apollo.ts'
import { PostsPage } from './posts-page.tsx'
import { GRAPHQL_URL, getSocketUrl, readValues } from './values.ts'

const authorization = `Bearer ${readValues().token}`
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(createClient({ url: getSocketUrl(), connectionParams: { authorization } })),
    new HttpLink({ uri: GRAPHQL_URL, headers: { authorization } }),
  ),
})

function Posts(): ReactNode {
  const posts = usePostsQuery({ variables: { first: 5 } })
  const [createPost] = useCreatePostMutation()
  const event = useSessionEventsSubscription().data?.sessionEvents.kind
  const publish = async () => {
    await createPost({ variables: { input: { title: 'Written', content: 'Here.', published: true } } })
    await posts.refetch()
  }
  return (
    <PostsPage posts={posts.data?.posts} event={event} onPublish={() => void publish()}>
      <Suspense fallback="loading">
        <Count />
      </Suspense>
      <Account />
    </PostsPage>
  )
}

function Count(): ReactNode {
  const { data } = usePostsSuspenseQuery({ variables: { first: 1 }, fetchPolicy: 'network-only' })
  return <p title="total">{data.posts.totalCount}</p>
}

function Account(): ReactNode {
  const [loadAccount, { data }] = useMeLazyQuery()
  return (
    <>
      <button onClick={() => void loadAccount()}>Account</button>
      <p title="account">{data?.me.email}</p>
    </>
  )
}

createRoot(document.getElementById('root') ?? document.body).render(
  <ApolloProvider client={client}>
    <Posts />
  </ApolloProvider>,
)
