import type { PageTexts } from '../types.ts'

/** Korean texts of the HTML pages, in the polite style. */
export const PAGES_KO: PageTexts = {
  shell: {
    support: '도움말',
    terms: '이용 약관',
    privacy: '개인정보 처리방침',
  },

  busy: {
    title: '서비스가 혼잡합니다',
    text: '이 페이지는 몇 초 뒤에 자동으로 다시 열립니다.',
  },

  linkPage: {
    linkLabel: '메시지의 링크를 붙여 넣으세요',
    again: '다시 시도',
    openApp: '앱 열기',
    brokenTitle: '링크가 완전하지 않습니다',
    broken: '메일 프로그램에서 주소가 잘렸을 수 있습니다. 메시지의 링크를 다시 열거나 전체를 복사해 주세요.',
    limitedTitle: '시도 횟수가 너무 많습니다',
    limited: '몇 분 후에 다시 시도해 주세요.',
    unavailableTitle: '처리하지 못했습니다',
  },

  verifyEmail: {
    title: '이메일 주소 확인',
    lead: '이 이메일 주소로 가입이 요청되었습니다. 본인이 요청하지 않았다면 이 페이지를 닫으세요. 다른 조치는 필요하지 않습니다.',
    button: '내 이메일 주소 확인',
    doneTitle: '이메일 주소가 확인되었습니다',
    done: '앱으로 돌아가 로그인해 주세요.',
    alreadyTitle: '이미 확인된 이메일 주소입니다',
    already: '전에 사용된 링크이며 이메일 주소는 확인되어 있습니다. 앱으로 돌아가 로그인해 주세요.',
    expiredTitle: '더 이상 유효하지 않은 링크입니다',
    expired: '만료되었거나 새 링크로 대체되었습니다. 앱에서 새 링크를 요청해 주세요.',
    unavailable: '이메일 주소를 확인하지 못했습니다. 연결을 확인하고 잠시 후 다시 시도해 주세요.',
  },

  undoChange: {
    title: '본인이 변경하지 않았나요?',
    lead: '메시지에 적힌 변경과 그 이후의 모든 변경을 되돌리고 모든 기기에서 로그아웃합니다.',
    button: '변경 되돌리기',
    proofTitle: '추가 확인이 필요합니다',
    proof:
      '계정의 인증 앱이 함께 변경됩니다. 변경 이전의 비밀번호를 입력하거나, 이전에 사용하던 기기에서 링크를 열어 주세요.',
    passwordLabel: '변경 이전의 비밀번호',
    wrong: '변경 이전에 사용하던 비밀번호가 아닙니다.',
    doneTitle: '변경을 되돌렸습니다',
    done: '모든 기기에서 로그아웃되었습니다. 이제 앱에서 비밀번호를 재설정하세요. 다른 사람이 알고 있을 수 있습니다.',
    taken: '일부 주소나 번호는 지금 다른 계정에서 사용 중이어서 복원하지 못했습니다.',
    expiredTitle: '더 이상 유효하지 않은 링크입니다',
    expired: '이미 사용되었거나 만료되었습니다.',
    limited: '내일 다시 시도해 주세요.',
    unavailable: '변경을 되돌리지 못했습니다. 연결을 확인하고 잠시 후 다시 시도해 주세요.',
  },

  devMailbox: {
    title: '개발용 메일함',
    lead: '운영 환경이라면 전송되었을 메시지이며, 최신순으로 표시됩니다. 새 메시지는 자동으로 나타납니다.',
    search: '주소로 검색',
    searchButton: '검색',
    empty: '아직 메시지가 없습니다',
    emptyHint: '가입하거나 코드를 요청하면 메시지가 여기에 나타납니다.',
    noMatch: '해당 주소로 보낸 메시지가 없습니다',
    noMatchHint: '최근 메시지에서 검색합니다. 검색어를 줄이거나 지워 주세요.',
    code: '코드',
    copy: '복사',
    copied: '복사됨',
    preview: '미리 보기',
    plainText: '일반 텍스트',
    newMessage: '새 메시지:',
    offline: '게이트웨이가 응답하지 않습니다. 응답하면 메시지가 다시 표시됩니다.',
  },
}
