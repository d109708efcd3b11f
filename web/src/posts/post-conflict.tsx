import { useTexts, useTimeFormat } from '../language/language.tsx'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { PageTitle } from '../parts/page.tsx'
import type { PostDraft, PostVersion } from './post-draft.ts'

interface PostConflictProps {
  readonly mine: PostDraft
  readonly theirs: PostVersion
  readonly onKeepMine: () => void
  readonly onKeepTheirs: () => void
  readonly onEdit: () => void
}

/** Both versions of a post that was changed in two places, and the choice between them. */
export function PostConflict({ mine, theirs, onKeepMine, onKeepTheirs, onEdit }: PostConflictProps) {
  const { conflict: texts, posts } = useTexts()
  const { time: formatTime } = useTimeFormat()
  return (
    <section className="stack">
      <PageTitle>{texts.title}</PageTitle>
      <Notice tone="warning">{texts.lead}</Notice>
      <div className="versions">
        <Version title={texts.mine} post={mine}>
          <Button kind="main" onClick={onKeepMine}>
            {texts.keepMine}
          </Button>
          <Button kind="quiet" onClick={onEdit}>
            {texts.editMore}
          </Button>
        </Version>
        <Version title={texts.theirs} post={theirs} note={posts.changed(formatTime(theirs.updatedAt))}>
          <Button onClick={onKeepTheirs}>{texts.keepTheirs}</Button>
        </Version>
      </div>
    </section>
  )
}

function Version(props: { title: string; post: PostDraft; note?: string; children: React.ReactNode }) {
  const { posts } = useTexts()
  const { title, content, published } = props.post
  return (
    <section className="card version">
      <h2>{props.title}</h2>
      {props.note && <p className="quiet">{props.note}</p>}
      <h3>
        <bdi>{title}</bdi>
      </h3>
      {!published && <span className="badge">{posts.draft}</span>}
      <pre dir="auto" tabIndex={0}>
        {content}
      </pre>
      <div className="actions">{props.children}</div>
    </section>
  )
}
