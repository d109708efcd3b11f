import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { PostTextFragment } from '../generated/graphql.ts'
import { useDeletePostMutation, usePostQuery } from '../generated/hooks.ts'
import { useTexts, useTimeFormat } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button, ButtonLink } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { LoadFailure } from '../parts/load-state.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { PageTitle, TaskCard } from '../parts/page.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { toProblem } from '../problems/describe-problem.ts'
import { removeFromLists } from './save-post.ts'

/** One post. Its HTML is sanitized by the gateway, and the policy of the page allows no script in it. */
export function PostPage({ id, userId }: { id: string; userId: string }) {
  const { post: texts, posts, common } = useTexts()
  const { time: formatTime } = useTimeFormat()
  const { data, error, refetch } = usePostQuery({ variables: { id }, fetchPolicy: 'cache-and-network' })
  if (error && toProblem(error)?.code === 'NOT_FOUND') return <MissingPost />
  if (error && !data) return <LoadFailure error={error} onRetry={() => refetch()} />
  if (!data) return <Waiting />
  const { post } = data
  return (
    <article className="card post">
      <Link href="/posts" className="up">
        ← {texts.toList}
      </Link>
      <PageTitle document={post.title}>
        <bdi>{post.title}</bdi>
      </PageTitle>
      <p className="quiet">
        {!post.published && <span className="badge">{posts.draft}</span>}
        <bdi>{post.author.fullName ?? common.unnamed}</bdi> · {formatTime(post.createdAt)}
        {post.updatedAt !== post.createdAt && <> · {posts.changed(formatTime(post.updatedAt))}</>}
      </p>
      <div className="prose" dir="auto" dangerouslySetInnerHTML={{ __html: post.contentHtml }} />
      {post.author.id === userId && <PostActions post={post} />}
    </article>
  )
}

/** The screen for a post that does not exist. */
export function MissingPost() {
  const { post: texts, states } = useTexts()
  return (
    <TaskCard title={states.missingTitle} lead={texts.missing}>
      <ButtonLink href="/posts" kind="main">
        {texts.toList}
      </ButtonLink>
    </TaskCard>
  )
}

function PostActions({ post }: { post: PostTextFragment }) {
  const { post: texts, common } = useTexts()
  const [, navigate] = useLocation()
  const [isAsking, setAsking] = useState(false)
  const [remove, { client }] = useDeletePostMutation()
  const { id, updatedAt: expectedUpdatedAt } = post
  const action = useAction(async () => {
    await remove({ variables: { id, expectedUpdatedAt } })
    navigate('/posts', { replace: true })
    // After the screen of the post has gone, which would load it again.
    removeFromLists(client.cache, id)
  })
  return (
    <div className="actions">
      <ButtonLink href={`/posts/${id}/edit`}>{texts.edit}</ButtonLink>
      <Button kind="danger" onClick={() => setAsking(true)}>
        {texts.remove}
      </Button>
      {isAsking && (
        <Dialog title={texts.removeTitle} lead={texts.removeLead} onClose={() => setAsking(false)}>
          <ProblemNotice error={action.error} />
          <div className="actions">
            <Button kind="danger" isBusy={action.isBusy} onClick={() => void action.run()}>
              {texts.remove}
            </Button>
            <Button onClick={() => setAsking(false)}>{common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </div>
  )
}
