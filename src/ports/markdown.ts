/** Rendered Markdown. */
export interface RenderedMarkdown {
  /** HTML that is safe to insert into a page. */
  readonly html: string
  /** False if the text exceeds the bounds: `html` is then its source in one `pre` element. */
  readonly withinBounds: boolean
}

/** Turns Markdown into HTML. */
export interface MarkdownRenderer {
  /**
   * Renders a text outside the event loop, once for equal texts that are asked for again soon. Rejects with
   * `SERVICE_UNAVAILABLE` if too many texts wait. `callerId`: the account that asks; accounts take turns.
   */
  render(text: string, callerId: string): Promise<RenderedMarkdown>
}
