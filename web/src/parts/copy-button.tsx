import { useState } from 'react'
import { useTexts } from '../language/language.tsx'
import { Button } from './button.tsx'

/** How long the button says that it has copied, in milliseconds. */
const SAID_FOR_MS = 2_000

/** Copies a text. Nothing happens where the browser forbids it: the text can be selected. */
export function CopyButton({ text }: { text: string }) {
  const { common } = useTexts()
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), SAID_FOR_MS)
  }
  return (
    <Button onClick={() => void copy().catch(() => undefined)}>
      <span role="status">{isCopied ? common.copied : common.copy}</span>
    </Button>
  )
}
