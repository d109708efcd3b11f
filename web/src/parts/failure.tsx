import { Component, type ReactNode } from 'react'
import { useTexts } from '../language/language.tsx'
import { Button } from './button.tsx'
import { TaskCard } from './page.tsx'

/** Shows a screen where one could not be drawn, such as when its code could not be loaded. */
export class Failure extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override readonly state = { hasFailed: false }

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <FailureScreen /> : this.props.children
  }
}

function FailureScreen() {
  const { states } = useTexts()
  return (
    <main className="content">
      <TaskCard title={states.failedTitle} lead={states.failed}>
        <Button kind="main" onClick={() => location.reload()}>
          {states.reload}
        </Button>
      </TaskCard>
    </main>
  )
}
