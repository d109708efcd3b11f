import { useLocation } from 'wouter'
import type { PostTextFragment } from '../generated/graphql.ts'
import { usePostQuery } from '../generated/hooks.ts'
import { useTexts } from '../language/language.tsx'
import { Button, ButtonLink } from '../parts/button.tsx'
import { Field, TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { LoadFailure } from '../parts/load-state.tsx'
import { Notice } from '../parts/notice.tsx'
import { PageTitle } from '../parts/page.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { toProblem, type Advice } from '../problems/describe-problem.ts'
import { PostConflict } from './post-conflict.tsx'
import { useDraft, useStoredDraft, type PostDraft } from './post-draft.ts'
import { MissingPost } from './post-page.tsx'
import { useCreatePost, useUpdatePost } from './save-post.ts'

const EMPTY: PostDraft = { title: '', content: '', published: true }

/** The editor of a post; `id` null: of a new one. */
export function EditPostPage({ id, userId }: { id: string | null; userId: string }) {
  return id === null ? <NewPost userId={userId} /> : <ExistingPost id={id} />
}

function NewPost({ userId }: { userId: string }) {
  const { post: texts } = useTexts()
  const stored = useStoredDraft()
  const create = useCreatePost(userId)
  return (
    <Editor
      title={texts.newTitle}
      initial={stored?.draft ?? EMPTY}
      basedOn={null}
      problem={stored?.problem ?? null}
      leave="/posts"
      onSave={create}
    />
  )
}

function ExistingPost({ id }: { id: string }) {
  const { data, error, refetch } = usePostQuery({ variables: { id } })
  if (toProblem(error)?.code === 'NOT_FOUND') return <MissingPost />
  if (error && !data) return <LoadFailure error={error} onRetry={() => refetch()} />
  return data ? <LoadedPost post={data.post} reload={() => refetch()} /> : <Waiting />
}

function LoadedPost({ post, reload }: { post: PostTextFragment; reload: () => Promise<unknown> }) {
  const { post: texts } = useTexts()
  const [, navigate] = useLocation()
  const stored = useStoredDraft()
  const update = useUpdatePost(post)
  const basedOn = stored?.basedOn ?? post.updatedAt
  const open = `/posts/${post.id}`
  if (stored?.conflict) {
    const { conflict, draft } = stored
    const edit = () =>
      navigate(`${open}/edit`, {
        replace: true,
        state: { ...stored, conflict: null, basedOn: conflict.updatedAt },
      })
    return (
      <PostConflict
        mine={draft}
        theirs={conflict}
        onKeepMine={() => update(draft, conflict.updatedAt)}
        onKeepTheirs={() => void reload().finally(() => navigate(open, { replace: true }))}
        onEdit={edit}
      />
    )
  }
  return (
    <Editor
      key={basedOn}
      title={texts.editTitle}
      initial={stored?.draft ?? post}
      basedOn={basedOn}
      problem={stored?.problem ?? null}
      leave={open}
      onSave={(draft) => update(draft, basedOn)}
    />
  )
}

interface EditorProps {
  readonly title: string
  readonly initial: PostDraft
  readonly basedOn: string | null
  readonly problem: Advice | null
  /** The screen that "Cancel" leads to. */
  readonly leave: string
  readonly onSave: (draft: PostDraft) => void
}

function Editor({ title, initial, basedOn, problem, leave, onSave }: EditorProps) {
  const { post: texts, common } = useTexts()
  const { title: first, content, published } = initial
  const [draft, change] = useDraft({ title: first, content, published }, basedOn)
  return (
    <section className="card">
      <PageTitle>{title}</PageTitle>
      <Form onSubmit={() => onSave(draft)}>
        {problem && <Notice tone="danger">{problem.text}</Notice>}
        <Field
          label={texts.title}
          problem={problem?.fields['title']}
          maxLength={200}
          value={draft.title}
          onChange={({ target }) => change({ title: target.value })}
        />
        <TextField
          label={texts.content}
          problem={problem?.fields['content']}
          hint={texts.contentHint}
          rows={10}
          maxLength={20_000}
          value={draft.content}
          onChange={({ target }) => change({ content: target.value })}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={draft.published}
            onChange={({ target }) => change({ published: target.checked })}
          />
          {texts.published}
        </label>
        <div className="actions">
          <Button type="submit" kind="main">
            {texts.save}
          </Button>
          <ButtonLink href={leave}>{common.cancel}</ButtonLink>
        </div>
      </Form>
    </section>
  )
}
