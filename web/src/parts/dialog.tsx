import { useEffect, useId, useRef, type ReactNode } from 'react'
import { useTexts } from '../language/language.tsx'

/**
 * A dialog over the page, by the browser's own element: it holds the focus, closes with Escape, and gives the
 * focus back.
 */
export function Dialog(props: { title: string; lead?: string; onClose: () => void; children: ReactNode }) {
  const { common } = useTexts()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id} onCancel={props.onClose}>
      <h2 id={id} tabIndex={-1}>
        {props.title}
      </h2>
      {props.lead && <p className="lead">{props.lead}</p>}
      {props.children}
      <button type="button" className="dialog-close" aria-label={common.close} onClick={props.onClose}>
        ×
      </button>
    </dialog>
  )
}
