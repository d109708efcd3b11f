import type { MessageTexts } from '../types.ts'

/**
 * Korean texts of messages, in the polite style. `sms` texts are short because a segment holds 70 characters.
 */
export const MESSAGES_KO: MessageTexts = {
  // Korean has one plural category.
  brief: '1분 미만',
  minutes: { one: '{{count}}분', other: '{{count}}분' },
  hours: { one: '{{count}}시간', other: '{{count}}시간' },

  frame: {
    validity: '이 코드는 {{duration}} 동안 유효하며 한 번만 사용할 수 있습니다.',
    preheader: '{{duration}} 동안 유효합니다. 코드를 다른 사람에게 알려 주지 마세요.',
    warning: '요청한 적이 없다면 이 메시지를 무시하세요. 저희를 포함해 누구에게도 코드를 알려 주지 마세요.',
    linkLead: '코드를 입력하는 대신 {{linkDuration}} 안에 아래 페이지를 열어도 됩니다.',
    linkFallback: '버튼이 열리지 않으면 이 주소를 브라우저에 붙여 넣으세요.',
    linkValidity: '이 링크는 {{linkDuration}} 동안 유효하며 한 번만 사용할 수 있습니다.',
    linkWarning: '요청한 적이 없다면 이 메시지를 무시하세요.',
    footer: '{{product}} 계정의 보안과 관련하여 보내 드리는 메시지입니다.',
  },

  links: {
    support: '도움말',
    terms: '이용 약관',
    privacy: '개인정보 처리방침',
  },

  code: {
    LOGIN: {
      subject: '로그인 코드',
      lead: '{{product}} 로그인 화면에 이 코드를 입력하세요.',
      line: '로그인 코드: {{code}}',
      linkOnly: '{{product}} 로그인을 완료하려면 아래 페이지를 여세요.',
      button: '로그인',
    },
    VERIFY_EMAIL: {
      subject: '이메일 주소 확인',
      lead: '본인의 이메일 주소가 맞는지 확인하려면 이 코드를 입력하세요.',
      line: '확인 코드: {{code}}',
      linkOnly: '본인의 이메일 주소가 맞는지 확인하려면 아래 페이지를 여세요.',
      button: '이메일 주소 확인',
    },
    VERIFY_PHONE: {
      subject: '전화번호 확인',
      lead: '본인의 전화번호가 맞는지 확인하려면 이 코드를 입력하세요.',
      line: '확인 코드: {{code}}',
      linkOnly: '본인의 전화번호가 맞는지 확인하려면 아래 페이지를 여세요.',
      button: '전화번호 확인',
    },
    RESET_PASSWORD: {
      subject: '비밀번호 재설정',
      lead: '새 비밀번호를 설정하려면 이 코드를 입력하세요.',
      line: '비밀번호 재설정 코드: {{code}}',
      linkOnly: '새 비밀번호를 설정하려면 아래 페이지를 여세요.',
      button: '새 비밀번호 설정',
    },
  },

  smsCode: {
    full: '{{line}} ({{duration}} 유효). 누구에게도 알려 주지 마세요. {{product}}',
    plain: '{{line}} ({{duration}} 유효) {{product}}',
    brief: '{{line}} ({{duration}} 유효)',
    short: '{{line}}',
  },

  origin: {
    unknown: '알 수 없음',
    mail: '시각: {{time}} UTC. 네트워크: {{network}}. 기기: {{device}}.',
    sms: '({{time}} UTC, {{device}}, {{network}})',
  },

  undo: {
    lead: '본인이 아니라면 {{duration}} 이내에 되돌리세요. 이후의 변경도 함께 되돌리고 모든 세션을 종료합니다.',
    button: '본인이 아닙니다',
    sms: '본인이 아니라면: {{link}}',
  },

  notices: {
    'address-taken': {
      subject: '이미 계정이 있습니다',
      body: '누군가(아마도 본인)가 이 주소로 가입을 시도했습니다. 이미 계정이 있으니 로그인해 주세요.',
      advice: '본인이 아니라면 바뀐 것이 없으므로 아무것도 하지 않아도 됩니다.',
      sms: '[{{product}}] 이 번호로 가입 시도가 있었습니다.',
      smsAdvice: '이미 계정이 있으니 로그인해 주세요.',
    },
    'refresh-reused': {
      subject: '세션이 종료되었습니다',
      body: '계정의 로그인 토큰이 두 번 사용되었습니다. 토큰이 복사되었을 때 나타나는 현상이므로 해당 세션을 종료했습니다.',
      advice: '다시 로그인해 주세요. 같은 일이 반복되면 비밀번호를 재설정하세요. 모든 세션이 종료됩니다.',
      sms: '[{{product}}] 로그인 토큰이 복사된 것으로 보여 세션을 종료했습니다.',
      smsAdvice: '다시 로그인해 주세요.',
    },
    'password-dropped': {
      subject: '계정에 비밀번호가 없습니다',
      body: '주소가 확인되었습니다. 비밀번호를 정한 기기에서 확인되지 않아 가입할 때의 비밀번호를 삭제했습니다.',
      advice: '코드로 로그인하세요. 비밀번호를 정하려면 비밀번호를 재설정하세요.',
      sms: '{{product}}: 가입할 때의 비밀번호를 삭제했습니다.',
      smsAdvice: '코드로 로그인하세요.',
    },
    'password-changed': {
      subject: '비밀번호가 변경되었습니다',
      body: '계정의 비밀번호가 변경되었고 다른 세션은 종료되었습니다.',
      advice: '본인이 아니라면 코드로 비밀번호를 재설정하세요. 모든 세션이 종료됩니다.',
      sms: '[{{product}}] 비밀번호가 변경되었습니다.',
      smsAdvice: '본인이 아니면 비밀번호를 재설정하세요.',
    },
    'password-reset-contact-removed': {
      subject: '비밀번호가 재설정되었습니다',
      body: '계정의 비밀번호가 재설정되었고 다른 모든 세션은 종료되었습니다. 최근에 추가된 {{contact}} 연락처는 제거되었습니다.',
      advice:
        '직접 추가한 연락처라면 다시 추가하세요. 재설정한 적이 없다면 코드로 비밀번호를 다시 재설정하세요.',
      sms: '[{{product}}] 비밀번호 재설정, {{contact}} 제거.',
      smsAdvice: '본인이 아니면 재설정하세요.',
    },
    'phone-changed': {
      subject: '전화번호가 변경되었습니다',
      body: '계정의 새 전화번호: {{phone}}',
      advice: '본인이 아니라면 이 주소로 받은 코드로 비밀번호를 재설정하세요. 새 전화번호도 제거됩니다.',
      sms: '[{{product}}] 전화번호 변경: {{phone}}.',
      smsAdvice: '본인이 아니면 비밀번호를 재설정하세요.',
    },
    'phone-removed': {
      subject: '전화번호가 제거되었습니다',
      body: '계정에서 전화번호 {{phone}} 항목이 제거되었습니다.',
      advice: '본인이 아니라면 이 주소로 받은 코드로 비밀번호를 재설정한 뒤 전화번호를 다시 추가하세요.',
      sms: '[{{product}}] 전화번호 제거: {{phone}}.',
      smsAdvice: '본인이 아니면 비밀번호를 재설정하세요.',
    },
    'totp-enabled': {
      subject: '인증 앱이 추가되었습니다',
      body: '이제 로그인할 때 인증 앱의 코드를 입력해야 합니다.',
      advice:
        '본인이 아니라면 {{product}} 운영자에게 인증 앱 제거를 요청하세요. 비밀번호 재설정으로는 제거되지 않습니다.',
      sms: '[{{product}}] 인증 앱이 추가되었습니다.',
      smsAdvice: '본인이 아니라면 운영자에게 제거를 요청하세요.',
    },
    'totp-disabled': {
      subject: '인증 앱이 제거되었습니다',
      body: '이제 로그인할 때 인증 앱의 코드를 입력하지 않습니다.',
      advice: '본인이 아니라면 코드로 비밀번호를 재설정한 뒤 인증 앱을 다시 추가하세요.',
      sms: '[{{product}}] 인증 앱이 제거되었습니다.',
      smsAdvice: '본인이 아니면 비밀번호를 재설정하세요.',
    },
    'recovery-codes-replaced': {
      subject: '복구 코드가 교체되었습니다',
      body: '계정의 새 복구 코드가 만들어졌습니다. 이전 복구 코드는 더 이상 사용할 수 없습니다.',
      advice: '본인이 아니라면 코드로 비밀번호를 재설정한 뒤 복구 코드를 다시 교체하세요.',
      sms: '[{{product}}] 복구 코드가 교체되었습니다.',
      smsAdvice: '본인이 아니면 비밀번호를 재설정하세요.',
    },
    'recovery-code-used': {
      subject: '복구 코드가 사용되었습니다',
      body: '복구 코드로 계정에 로그인한 기록이 있습니다. 남은 복구 코드: {{left}}개',
      advice: '본인이 아니라면 코드로 비밀번호를 재설정한 뒤 복구 코드를 교체하세요.',
      sms: '[{{product}}] 복구 코드가 사용됨({{left}}개 남음).',
      smsAdvice: '본인이 아니면 비밀번호를 재설정하세요.',
    },
    'api-key-created': {
      subject: 'API 키가 생성되었습니다',
      body: '계정에 API 키 {{apiKey}}가 생성되었습니다. 프로그램이 이 키의 비밀 키로 허용된 범위 안에서 계정을 대신해 작업할 수 있습니다.',
      advice:
        '본인이 아니라면 코드로 비밀번호를 재설정하세요. 모든 세션이 종료되고 모든 API 키가 폐기됩니다.',
      sms: '[{{product}}] API 키가 생성되었습니다.',
      smsAdvice: '본인이 아니면 비밀번호를 재설정하세요.',
    },
    'change-undone': {
      subject: '계정 변경을 되돌렸습니다',
      body: '계정이 변경 이전 상태로 돌아갔고 모든 세션이 종료되었습니다.',
      advice:
        '지금 코드로 비밀번호를 재설정하세요. 변경 이전의 비밀번호를 다른 사람이 알고 있을 수 있습니다.',
      sms: '[{{product}}] 계정 변경을 되돌리고 모든 세션을 종료했습니다.',
      smsAdvice: '비밀번호를 재설정하세요.',
    },
    'second-factor-reset': {
      subject: '운영자가 인증 앱을 제거했습니다',
      body: '{{product}} 운영자가 계정의 인증 앱과 복구 코드를 제거하고 모든 세션을 종료했습니다.',
      advice: '코드로 비밀번호를 재설정한 뒤 인증 앱을 다시 추가하세요.',
      sms: '[{{product}}] 운영자가 인증 앱을 제거했습니다.',
      smsAdvice: '비밀번호를 재설정하세요.',
    },
  },
}
