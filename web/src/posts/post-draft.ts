import { useState } from 'react'
import type { Advice } from '../problems/describe-problem.ts'
import { useHistoryState } from 'wouter/use-browser-location'

/** What the author writes. */
export interface PostDraft {
  readonly title: string
  readonly content: string
  readonly published: boolean
}

/** A version of the post on the server. */
export interface PostVersion extends PostDraft {
  readonly updatedAt: string
}

/** A draft in a history entry, so that a reload, "back" and a refused save keep it. */
export interface DraftState {
  readonly kind: 'draft'
  readonly draft: PostDraft
  /** What to do about the refusal of the save; null without one. */
  readonly problem: Advice | null
  /** The version that another person or device has saved meanwhile. */
  readonly conflict: PostVersion | null
  /** `updatedAt` of the version that the draft is based on; null for a new post. */
  readonly basedOn: string | null
}

/** The draft of this history entry. */
export function useStoredDraft(): DraftState | null {
  const state = useHistoryState<DraftState | null>()
  return state?.kind === 'draft' ? state : null
}

/** The draft of an editor. Each change is stored in the history entry. */
export function useDraft(
  initial: PostDraft,
  basedOn: string | null,
): [PostDraft, (change: Partial<PostDraft>) => void] {
  const [draft, setDraft] = useState(initial)
  const change = (changed: Partial<PostDraft>) => {
    const next = { ...draft, ...changed }
    setDraft(next)
    const state: DraftState = { kind: 'draft', draft: next, problem: null, conflict: null, basedOn }
    // Not through the router, whose screens need not be drawn again for it.
    History.prototype.replaceState.call(history, state, '')
  }
  return [draft, change]
}
