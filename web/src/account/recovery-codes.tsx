import { useGateway } from '../gateway/gateway.tsx'
import { useTexts } from '../language/language.tsx'
import { Button } from '../parts/button.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Notice } from '../parts/notice.tsx'

/** Recovery codes, which the gateway returns once. */
export function RecoveryCodes({ codes, onSaved }: { codes: readonly string[]; onSaved: () => void }) {
  const { factor: texts, common } = useTexts()
  const { settings } = useGateway()
  const text = codes.join('\n')
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${settings.product}\n\n${text}\n`)}`
  return (
    <>
      <Notice tone="success">{texts.enabled}</Notice>
      <h3>{texts.recoveryTitle}</h3>
      <p className="quiet">{texts.recoveryLead}</p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="actions">
        <CopyButton text={text} />
        <a className="button plain" href={file} download="recovery-codes.txt">
          <span className="button-label">{common.download}</span>
        </a>
        <Button kind="main" onClick={onSaved}>
          {texts.saved}
        </Button>
      </div>
    </>
  )
}
