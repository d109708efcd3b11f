import type { ReactNode } from 'react'
import type { PostsQuery } from '../../../src/generated/graphql.ts'

/** What each application shows. */
export interface PostsPageProps {
  readonly posts: PostsQuery['posts'] | undefined
  /** Kind of the last session event. */
  readonly event: string | undefined
  readonly onPublish: () => void
  readonly children?: ReactNode
}

/** A list of posts, a button that publishes one, and the last session event. */
export function PostsPage({ posts, event, onPublish, children }: PostsPageProps): ReactNode {
  return (
    <main>
      <ul>
        {posts?.edges.map(({ node }) => (
          <li key={node.id}>{node.title}</li>
        ))}
      </ul>
      <button onClick={onPublish}>Publish</button>
      <output>{event}</output>
      {children}
    </main>
  )
}
