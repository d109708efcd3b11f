import type { MessageTexts } from '../types.ts'

/**
 * Korean texts of messages, in the polite style. `sms` texts are short because a segment holds 70 characters.
 */
export const MESSAGES_KO: MessageTexts = {
  // Korean has one plural category.
  minutes: { one: '{{count}}분', other: '{{count}}분' },

  frame: {
    validity: '이 코드는 {{duration}} 동안 유효하며 한 번만 사용할 수 있습니다.',
    preheader: '{{duration}} 동안 유효합니다. 코드를 다른 사람에게 알려 주지 마세요.',
    warning: '요청한 적이 없다면 이 메시지를 무시하세요. 저희를 포함해 누구에게도 코드를 알려 주지 마세요.',
    linkLead: '코드를 입력하는 대신 아래 페이지를 열어도 됩니다.',
    linkFallback: '버튼이 열리지 않으면 이 주소를 브라우저에 붙여 넣으세요.',
    footer: '{{product}} 계정의 보안과 관련하여 보내 드리는 메시지입니다.',
  },

  code: {
    LOGIN: {
      subject: '로그인 코드',
      lead: '{{product}} 로그인 화면에 이 코드를 입력하세요.',
      line: '로그인 코드: {{code}}',
      button: '로그인',
    },
    VERIFY_EMAIL: {
      subject: '이메일 주소 확인',
      lead: '본인의 이메일 주소가 맞는지 확인하려면 이 코드를 입력하세요.',
      line: '확인 코드: {{code}}',
      button: '이메일 주소 확인',
    },
    VERIFY_PHONE: {
      subject: '전화번호 확인',
      lead: '본인의 전화번호가 맞는지 확인하려면 이 코드를 입력하세요.',
      line: '확인 코드: {{code}}',
      button: '전화번호 확인',
    },
    RESET_PASSWORD: {
      subject: '비밀번호 재설정',
      lead: '새 비밀번호를 설정하려면 이 코드를 입력하세요.',
      line: '비밀번호 재설정 코드: {{code}}',
      button: '새 비밀번호 설정',
    },
  },

  smsCode: {
    full: '{{line}} ({{duration}} 유효). 누구에게도 알려 주지 마세요. {{product}}',
    plain: '{{line}} ({{duration}} 유효) {{product}}',
    brief: '{{line}} ({{duration}} 유효)',
    short: '{{line}}',
  },

  told: {
    'address-taken': {
      subject: '이미 계정이 있습니다',
      body: '누군가(아마도 본인)가 이 주소로 가입을 시도했습니다. 이미 계정이 있으니 로그인해 주세요.',
      advice: '본인이 아니라면 바뀐 것이 없으므로 아무것도 하지 않아도 됩니다.',
      sms: '[{{product}}] 이 번호로 가입 시도가 있었습니다. 이미 계정이 있으니 로그인해 주세요.',
    },
    'refresh-reused': {
      subject: '세션이 종료되었습니다',
      body: '계정의 로그인 토큰이 두 번 사용되었습니다. 토큰이 복사되었을 때 나타나는 현상이므로 해당 세션을 종료했습니다.',
      advice: '다시 로그인해 주세요. 다른 사람의 접근이 의심되면 나머지 세션도 종료하세요.',
      sms: '[{{product}}] 로그인 토큰이 복사된 것으로 보여 세션을 종료했습니다. 다시 로그인해 주세요.',
    },
    'password-changed': {
      subject: '비밀번호가 변경되었습니다',
      body: '계정의 비밀번호가 변경되었고 다른 세션은 종료되었습니다.',
      advice: '본인이 아니라면 즉시 새 비밀번호를 설정하세요.',
      sms: '[{{product}}] 비밀번호가 변경되었습니다. 본인이 아니라면 즉시 새로 설정하세요.',
    },
    'phone-changed': {
      subject: '전화번호가 변경되었습니다',
      body: '계정의 새 전화번호: {{phone}}',
      advice: '본인이 아니라면 모든 세션을 종료하고 새 비밀번호를 설정하세요.',
      sms: '[{{product}}] 전화번호 변경: {{phone}}. 본인이 아니라면 비밀번호를 바꾸세요.',
    },
    'totp-enabled': {
      subject: '인증 앱이 추가되었습니다',
      body: '이제 로그인할 때 인증 앱의 코드를 입력해야 합니다.',
      advice: '본인이 아니라면 즉시 새 비밀번호를 설정하세요.',
      sms: '[{{product}}] 인증 앱이 추가되었습니다. 본인이 아니라면 즉시 비밀번호를 바꾸세요.',
    },
    'totp-disabled': {
      subject: '인증 앱이 제거되었습니다',
      body: '이제 로그인할 때 인증 앱의 코드를 입력하지 않습니다.',
      advice: '본인이 아니라면 즉시 새 비밀번호를 설정하세요.',
      sms: '[{{product}}] 인증 앱이 제거되었습니다. 본인이 아니라면 즉시 비밀번호를 바꾸세요.',
    },
    'recovery-codes-replaced': {
      subject: '복구 코드가 교체되었습니다',
      body: '계정의 새 복구 코드가 만들어졌습니다. 이전 복구 코드는 더 이상 사용할 수 없습니다.',
      advice: '본인이 아니라면 즉시 새 비밀번호를 설정하세요.',
      sms: '[{{product}}] 복구 코드가 교체되었습니다. 본인이 아니라면 비밀번호를 바꾸세요.',
    },
    'recovery-code-used': {
      subject: '복구 코드가 사용되었습니다',
      body: '복구 코드로 계정에 로그인한 기록이 있습니다. 남은 복구 코드: {{left}}개',
      advice: '본인이 아니라면 즉시 새 비밀번호를 설정하세요.',
      sms: '[{{product}}] 복구 코드가 사용됨({{left}}개 남음). 본인이 아니라면 비밀번호를 바꾸세요.',
    },
  },
}
