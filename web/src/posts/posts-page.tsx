import { useEffect, useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import type { PostTextFragment } from '../generated/graphql.ts'
import { usePostsQuery } from '../generated/hooks.ts'
import { useTexts, useTimeFormat } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button, ButtonLink } from '../parts/button.tsx'
import { LoadFailure } from '../parts/load-state.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { PageTitle } from '../parts/page.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { toListVariables } from './post-list.ts'
import { isBeingCreated } from './save-post.ts'

/** Pause in typing after which the search is sent, in milliseconds. */
const TYPING_PAUSE_MS = 300

/** The list of posts, with search. The words are in the address, so that "back" and a reload keep them. */
export function PostsPage() {
  const { posts: texts } = useTexts()
  const [parameters] = useSearchParams()
  const search = parameters.get('q') ?? ''
  return (
    <>
      <div className="title-row">
        <PageTitle>{texts.title}</PageTitle>
        <ButtonLink href="/posts/new" kind="main">
          {texts.create}
        </ButtonLink>
      </div>
      <SearchField search={search} />
      <PostList search={search} />
    </>
  )
}

function SearchField({ search }: { search: string }) {
  const { posts: texts } = useTexts()
  const [, navigate] = useLocation()
  const [words, setWords] = useState(search)
  useEffect(() => setWords(search), [search])
  useEffect(() => {
    if (words === search) return undefined
    const open = () => navigate(words ? `/posts?q=${encodeURIComponent(words)}` : '/posts', { replace: true })
    const timer = setTimeout(open, TYPING_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [words, search, navigate])
  return (
    <input
      type="search"
      className="search"
      aria-label={texts.search}
      placeholder={texts.search}
      maxLength={200}
      dir="auto"
      value={words}
      onChange={({ target }) => setWords(target.value)}
    />
  )
}

function PostList({ search }: { search: string }) {
  const { posts: texts } = useTexts()
  const { data, previousData, error, refetch, fetchMore } = usePostsQuery({
    variables: toListVariables(search),
    notifyOnNetworkStatusChange: true,
  })
  const { posts } = data ?? previousData ?? {}
  const more = useAction(() => fetchMore({ variables: { after: posts?.pageInfo.endCursor ?? null } }))
  if (error && !data) return <LoadFailure error={error} onRetry={() => refetch()} />
  if (!posts) return <Waiting />
  const { edges, pageInfo, totalCount, totalCountExact } = posts
  return (
    <>
      <p className="quiet" role="status">
        {edges.length === 0
          ? search
            ? texts.noneFound
            : texts.none
          : texts.count(`${totalCount}${totalCountExact ? '' : '+'}`)}
      </p>
      <ul className="rows card" hidden={edges.length === 0}>
        {edges.map(({ node }) => (
          <PostRow key={node.id} post={node} />
        ))}
      </ul>
      <ProblemNotice error={more.error} />
      {pageInfo.hasNextPage && (
        <Button className="centered" isBusy={more.isBusy} onClick={() => void more.run()}>
          {texts.more}
        </Button>
      )}
    </>
  )
}

function PostRow({ post }: { post: PostTextFragment }) {
  const { posts: texts, common } = useTexts()
  const { time: formatTime } = useTimeFormat()
  const isSaving = isBeingCreated(post)
  return (
    <li className="row">
      <bdi className="row-title">
        {isSaving ? post.title : <Link href={`/posts/${post.id}`}>{post.title}</Link>}
      </bdi>
      <p className="quiet">
        {isSaving ? (
          texts.sending
        ) : (
          <>
            {!post.published && <span className="badge">{texts.draft}</span>}
            <bdi>{post.author.fullName ?? common.unnamed}</bdi> · {formatTime(post.createdAt)}
          </>
        )}
      </p>
    </li>
  )
}
