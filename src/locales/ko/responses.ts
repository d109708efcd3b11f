import type { ResponseTexts } from '../types.ts'

/**
 * Korean texts of responses, in the polite style. No particle follows a value: its form would depend on the
 * value.
 */
export const RESPONSES_KO: ResponseTexts = {
  refusals: {
    UNAUTHENTICATED: '로그인이 필요합니다.',
    FORBIDDEN: '이 작업을 할 권한이 없습니다.',
    BAD_USER_INPUT: '입력값이 올바르지 않습니다.',
    RATE_LIMITED: '요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.',
    NOT_FOUND: '찾을 수 없습니다.',
    CONFLICT: '요청이 현재 상태와 충돌합니다.',
    OTP_INVALID: '인증 코드가 올바르지 않습니다.',
    OTP_EXPIRED: '인증 코드가 만료되었습니다. 새 코드를 요청해 주세요.',
    OTP_NOT_FOUND: '인증 요청을 찾을 수 없습니다. 새 코드를 요청해 주세요.',
    INVALID_CREDENTIALS: '이메일 주소 또는 비밀번호가 올바르지 않습니다.',
    MFA_INVALID: '2단계 인증 코드가 올바르지 않습니다.',
    REAUTHENTICATION_REQUIRED: '계속하려면 다시 로그인해 주세요.',
    TOKEN_INVALID: '토큰이 유효하지 않거나 만료되었습니다. 다시 로그인해 주세요.',
    RESET_TOKEN_INVALID: '재설정 토큰이 유효하지 않거나 만료되었습니다. 새 코드를 요청해 주세요.',
    REFRESH_REUSED: '이미 사용된 리프레시 토큰입니다. 세션이 종료되었습니다.',
    SERVICE_UNAVAILABLE: '일시적으로 서비스를 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    INTERNAL_SERVER_ERROR: '서버 내부 오류가 발생했습니다.',
  },

  outcomes: {
    OTP_SENT_SUCCESSFULLY: '사용할 수 있는 주소라면 인증 코드가 전송되었습니다.',
    OTP_VERIFIED_SUCCESSFULLY: '인증 코드가 확인되었습니다.',
    PHONE_VERIFIED_SUCCESSFULLY: '전화번호가 확인되었습니다.',
    EMAIL_VERIFIED_SUCCESSFULLY: '이메일 주소가 확인되었습니다.',
    RESET_GRANTED: '인증 코드가 확인되었습니다. 새 비밀번호를 설정해 주세요.',
    PASSWORD_CHANGED: '비밀번호가 변경되었습니다.',
    PASSWORD_RESET_SUCCESSFUL: '비밀번호가 재설정되었고 로그인되었습니다.',
    MFA_VERIFIED_SUCCESSFULLY: '2단계 인증이 완료되었고 로그인되었습니다.',
    TOTP_ENABLED: '인증 앱이 추가되었습니다.',
    TOTP_DISABLED: '인증 앱이 제거되었습니다.',
    RECOVERY_CODES_REPLACED: '복구 코드가 교체되었습니다.',
    LOGIN_SUCCESSFUL: '로그인되었습니다.',
    TOKEN_REFRESHED: '세션이 갱신되었습니다.',
    LOGOUT_SUCCESSFUL: '로그아웃되었습니다.',
    SESSION_REVOKED: '세션이 종료되었습니다.',
    OTHER_SESSIONS_REVOKED: '다른 세션이 모두 종료되었습니다.',
    POST_DELETED: '게시물이 삭제되었습니다.',
  },

  requests: {
    GRAPHQL_PARSE_FAILED: '문서에 GraphQL 구문 오류가 있습니다.',
    GRAPHQL_VALIDATION_FAILED: '문서가 스키마와 일치하지 않습니다.',
    PERSISTED_QUERY_NOT_FOUND: 'PersistedQueryNotFound',
    PERSISTED_QUERY_NOT_SUPPORTED: 'PersistedQueryNotSupported',
    OPERATION_NOT_ALLOWED: '허용된 작업 목록에 없는 작업입니다.',
    OPERATION_RESOLUTION_FAILURE:
      '작업을 찾을 수 없습니다. `operationName`에 문서의 작업 이름을 지정해 주세요.',
    BAD_USER_INPUT: '변수 또는 인수의 형식이 올바르지 않습니다.',
    BAD_REQUEST: '올바른 GraphQL over HTTP 요청이 아닙니다.',
  },

  limits: {
    tokens: '문서의 토큰이 한도인 {{limit}}개를 초과합니다.',
    depth: '작업의 필드 깊이가 {{asked}}단계입니다. 한도는 {{limit}}단계입니다.',
    introspectionDepth: '스키마 조회의 필드 깊이가 {{asked}}단계입니다. 한도는 {{limit}}단계입니다.',
    rootFields: '작업의 최상위 필드가 {{asked}}개입니다. 한도는 {{limit}}개입니다.',
    aliases: '작업의 별칭이 {{asked}}개입니다. 한도는 {{limit}}개입니다.',
    directives: '작업의 지시어가 {{asked}}개입니다. 한도는 {{limit}}개입니다.',
    cost: '작업의 비용이 {{asked}}입니다. 한도는 {{limit}}입니다.',
    sensitiveFields:
      '작업의 최상위 필드가 {{asked}}개입니다. 비밀 값을 주고받는 필드가 있으면 한도는 {{limit}}개입니다.',
    listItems: '목록의 항목이 {{asked}}개입니다. 한도는 {{limit}}개입니다.',
  },

  http: {
    BAD_REQUEST: '요청의 형식이 올바르지 않습니다.',
    HTTPS_REQUIRED: 'HTTPS가 필요합니다.',
    NOT_FOUND: '찾을 수 없습니다.',
    METHOD_NOT_ALLOWED: '허용되지 않는 메서드입니다.',
    REQUEST_TIMEOUT: '요청 시간이 초과되었습니다.',
    PAYLOAD_TOO_LARGE: '요청 본문이 너무 큽니다.',
    UNSUPPORTED_MEDIA_TYPE:
      '지원하지 않는 미디어 유형입니다. 콘텐츠 인코딩 없이 UTF-8 application/json으로 요청해 주세요.',
    HEADERS_TOO_LARGE: '요청의 URL과 헤더가 너무 큽니다.',
    INTERNAL_SERVER_ERROR: '서버 내부 오류가 발생했습니다.',
    SERVICE_UNAVAILABLE: '일시적으로 서비스를 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.',
  },
}
