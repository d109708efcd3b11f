import type { ApolloCache } from '@apollo/client'
import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { PostsDocument, type PostTextFragment } from '../generated/graphql.ts'
import { useCreatePostMutation, useUpdatePostMutation } from '../generated/hooks.ts'
import { useTexts } from '../language/language.tsx'
import { describeProblem, toProblem } from '../problems/describe-problem.ts'
import { FIRST_PAGE } from './post-list.ts'
import type { DraftState, PostDraft, PostVersion } from './post-draft.ts'

/** Begin of the ids of posts that the server does not have yet. */
const OPTIMISTIC = 'optimistic:'

/** Whether the server has not confirmed the post yet. */
export function isBeingCreated({ id }: { readonly id: string }): boolean {
  return id.startsWith(OPTIMISTIC)
}

/** Saves a new post: the list has it at once, and a refusal brings the editor back with the text. */
export function useCreatePost(userId: string): (draft: PostDraft) => void {
  const [create, { client }] = useCreatePostMutation()
  const [, navigate] = useLocation()
  const toRefusal = useRefusal()
  return useCallback(
    (draft) => {
      const now = new Date().toISOString()
      const post = { ...draft, id: OPTIMISTIC + now, createdAt: now, updatedAt: now, contentHtml: '' }
      const author = { __typename: 'User' as const, id: userId, fullName: null }
      const optimisticResponse = { createPost: { __typename: 'Post' as const, ...post, author } }
      const save = () =>
        create({
          variables: { input: draft },
          optimisticResponse,
          update: (cache, { data }) => data && addToList(cache, data.createPost),
        })
      navigate('/posts')
      // Only a list that the cache has can show the post before the gateway has answered.
      const listed = client.query({ query: PostsDocument, variables: FIRST_PAGE })
      listed
        .then(save, save)
        .catch((error: unknown) => navigate('/posts/new', { state: toRefusal(error, draft, null) }))
    },
    [create, client, navigate, toRefusal, userId],
  )
}

/** Saves a change: the post has it at once, and a refusal brings the editor back with the text. */
export function useUpdatePost(post: PostTextFragment): (draft: PostDraft, basedOn: string) => void {
  const [update] = useUpdatePostMutation()
  const [, navigate] = useLocation()
  const toRefusal = useRefusal()
  return useCallback(
    (draft, basedOn) => {
      const { id } = post
      const changed = { ...post, ...draft, contentHtml: toPlainHtml(draft.content) }
      navigate(`/posts/${id}`)
      update({
        variables: { id, input: { ...draft, expectedUpdatedAt: basedOn } },
        optimisticResponse: { updatePost: { __typename: 'Post', ...changed } as typeof changed },
      }).catch((error: unknown) => navigate(`/posts/${id}/edit`, { state: toRefusal(error, draft, basedOn) }))
    },
    [update, navigate, toRefusal, post],
  )
}

/** The state of the editor after a refused save. */
function useRefusal(): (error: unknown, draft: PostDraft, basedOn: string | null) => DraftState {
  const { errors } = useTexts()
  return useCallback(
    (error, draft, basedOn) => {
      const problem = toProblem(error)
      const current = (problem?.extensions['current'] ?? null) as PostVersion | null
      const conflict = problem?.code === 'CONFLICT' ? current : null
      return {
        kind: 'draft',
        draft,
        conflict,
        basedOn,
        problem: conflict ? null : describeProblem(error, errors),
      }
    },
    [errors],
  )
}

/** Puts a post on top of the list, and forgets the results of searches. */
export function addToList(cache: ApolloCache, node: PostTextFragment): void {
  cache.updateQuery({ query: PostsDocument, variables: FIRST_PAGE }, (data) => {
    if (!data) return data
    const edges = [{ __typename: 'PostEdge' as const, cursor: node.id, node }, ...data.posts.edges]
    return { posts: { ...data.posts, edges, totalCount: data.posts.totalCount + 1 } }
  })
  forgetSearches(cache)
}

/** Removes a post from the lists. */
export function removeFromLists(cache: ApolloCache, id: string): void {
  cache.updateQuery({ query: PostsDocument, variables: FIRST_PAGE }, (data) => {
    if (!data) return data
    const edges = data.posts.edges.filter(({ node }) => node.id !== id)
    return { posts: { ...data.posts, edges, totalCount: data.posts.totalCount - 1 } }
  })
  forgetSearches(cache)
  cache.evict({ id: cache.identify({ __typename: 'Post', id }) ?? '' })
}

function forgetSearches(cache: ApolloCache): void {
  cache.modify({
    fields: {
      posts: (value: unknown, { storeFieldName, DELETE }) =>
        storeFieldName.includes('"search"') ? (DELETE as unknown) : value,
    },
  })
}

/** The text until the server has rendered its Markdown. */
function toPlainHtml(text: string): string {
  const escaped = document.createElement('p')
  escaped.textContent = text
  return escaped.outerHTML
}
