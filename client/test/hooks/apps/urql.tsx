import { createClient as createSocketClient, type Sink } from 'graphql-ws'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { Client, Provider, cacheExchange, fetchExchange, subscriptionExchange } from 'urql'
import {
  useCreatePostMutation,
  usePostsQuery,
  useSessionEventsSubscription,
} from '../../../src/react/urql.ts'
import { PostsPage } from './posts-page.tsx'
import { GRAPHQL_URL, getSocketUrl, readValues } from './values.ts'

const authorization = `Bearer ${readValues().token}`
const sockets = createSocketClient({ url: getSocketUrl(), connectionParams: { authorization } })
const client = new Client({
  url: GRAPHQL_URL,
  preferGetMethod: false,
  fetchOptions: { headers: { authorization } },
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query, variables }, sink as Sink) }),
      }),
    }),
  ],
})

function Posts(): ReactNode {
  const [posts, reload] = usePostsQuery({ variables: { first: 5 } })
  const [, createPost] = useCreatePostMutation()
  const [event] = useSessionEventsSubscription()
  const publish = async () => {
    await createPost({ input: { title: 'Written', content: 'Here.', published: true } })
    reload({ requestPolicy: 'network-only' })
  }
  return (
    <PostsPage
      posts={posts.data?.posts}
      event={event.data?.sessionEvents.kind}
      onPublish={() => void publish()}
    />
  )
}

createRoot(document.getElementById('root') ?? document.body).render(
  <Provider value={client}>
    <Posts />
  </Provider>,
)
