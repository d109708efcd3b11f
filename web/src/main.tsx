import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { App } from './app.tsx'
import { createGateway } from './gateway/create-gateway.ts'
import { GatewayProvider } from './gateway/gateway.tsx'
import { readBasePath, readSettings } from './gateway/settings.ts'
import { LanguageProvider } from './language/language.tsx'
import { findLanguage, loadTexts } from './language/languages.ts'
import './styles/index.css'

/** Shows the app in the page. */
async function start(): Promise<void> {
  const language = findLanguage()
  document.documentElement.lang = language
  const gateway = createGateway(readSettings(), () => document.documentElement.lang)
  const texts = await loadTexts(language)
  createRoot(document.getElementById('root') ?? document.body).render(
    <StrictMode>
      <LanguageProvider language={language} texts={texts}>
        <GatewayProvider gateway={gateway}>
          <Router base={readBasePath()}>
            <App />
          </Router>
        </GatewayProvider>
      </LanguageProvider>
    </StrictMode>,
  )
}

void start()
