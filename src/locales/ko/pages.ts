import type { PageTexts } from '../types.ts'

/** Korean texts of the HTML pages, in the polite style. */
export const PAGES_KO: PageTexts = {
  verifyEmail: {
    title: '이메일 주소 확인',
    lead: '이 이메일 주소로 가입이 요청되었습니다. 본인이 요청하지 않았다면 이 페이지를 닫으세요. 다른 조치는 필요하지 않습니다.',
    button: '내 이메일 주소 확인',
    doneTitle: '이메일 주소가 확인되었습니다',
    done: '앱으로 돌아가 로그인해 주세요.',
    invalidTitle: '더 이상 유효하지 않은 링크입니다',
    invalid: '이미 사용되었거나, 만료되었거나, 새 링크로 대체되었습니다. 앱에서 새 링크를 요청해 주세요.',
    unavailable: '이메일 주소를 확인하지 못했습니다. 잠시 후 다시 시도해 주세요.',
    noScript: '이 페이지를 사용하려면 JavaScript를 켜거나, 메시지에 있는 코드를 앱에 입력해 주세요.',
  },

  devMailbox: {
    title: '개발용 메일함',
    lead: '운영 환경이라면 전송되었을 메시지이며, 최신순으로 표시됩니다.',
    reload: '새로 고침',
    empty: '아직 메시지가 없습니다. 가입하거나 코드를 요청한 뒤 새로 고쳐 주세요.',
  },
}
