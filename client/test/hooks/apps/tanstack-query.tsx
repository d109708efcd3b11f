import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { GraphQLClient } from 'graphql-request'
import { Suspense, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import {
  GraphqlRequestProvider,
  useCreatePostMutation,
  usePostsInfiniteQuery,
  usePostsQuery,
  usePostsSuspenseQuery,
  type GraphqlRequest,
} from '../../../src/react/tanstack-query.ts'
import { PostsPage } from './posts-page.tsx'
import { GRAPHQL_URL, readValues } from './values.ts'

const headers = { authorization: `Bearer ${readValues().token}` }
const client = new GraphQLClient(new URL(GRAPHQL_URL, location.href).href, { headers })
const request: GraphqlRequest = (document, variables, signal) =>
  client.request({ document, variables: variables as object, ...(signal ? { signal } : {}) })

function Posts(): ReactNode {
  const queryClient = useQueryClient()
  const posts = usePostsQuery({ first: 5 })
  const { mutate } = useCreatePostMutation({
    onSuccess: () => queryClient.invalidateQueries({ queryKey: usePostsQuery.getKey() }),
  })
  const input = { title: 'Written', content: 'Here.', published: true }
  return (
    <PostsPage posts={posts.data?.posts} event={undefined} onPublish={() => mutate({ input })}>
      <Suspense fallback="loading">
        <Count />
      </Suspense>
      <Pages />
    </PostsPage>
  )
}

function Count(): ReactNode {
  const { data } = usePostsSuspenseQuery({ first: 1 })
  return <p title="total">{data.posts.totalCount}</p>
}

function Pages(): ReactNode {
  const { data, hasNextPage, fetchNextPage } = usePostsInfiniteQuery({ first: 2 })
  const titles = data?.pages.map(({ posts }) => posts.edges.map(({ node }) => node.title).join())
  return (
    <>
      <p title="pages">{titles?.join(' | ')}</p>
      <button disabled={!hasNextPage} onClick={() => void fetchNextPage()}>
        More
      </button>
    </>
  )
}

createRoot(document.getElementById('root') ?? document.body).render(
  <QueryClientProvider client={new QueryClient()}>
    <GraphqlRequestProvider value={request}>
      <Posts />
    </GraphqlRequestProvider>
  </QueryClientProvider>,
)
