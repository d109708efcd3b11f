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
    QUOTA_EXCEEDED: '계정의 저장 한도에 도달했습니다. 계속하려면 기존 항목을 삭제해 주세요.',
    LAST_CONTACT: '계정에서 확인된 유일한 연락처이므로 삭제할 수 없습니다.',
    OTP_INVALID: '인증 코드가 올바르지 않습니다.',
    OTP_EXPIRED: '인증 코드가 만료되었습니다. 새 코드를 요청해 주세요.',
    OTP_NOT_FOUND: '인증 요청을 찾을 수 없습니다. 새 코드를 요청해 주세요.',
    INVALID_CREDENTIALS: '이메일 주소 또는 비밀번호가 올바르지 않습니다.',
    MFA_INVALID:
      '2단계 인증 코드가 올바르지 않습니다. 앱의 코드라면 기기의 시간이 자동으로 설정되어 있는지 확인하세요.',
    REAUTHENTICATION_REQUIRED: '계속하려면 다시 로그인해 주세요.',
    PROOF_REQUIRED: '변경 이전의 비밀번호를 입력하거나, 이전에 사용하던 기기에서 링크를 열어 주세요.',
    TOKEN_INVALID: '토큰이 유효하지 않거나 만료되었습니다. 다시 로그인해 주세요.',
    RESET_TOKEN_INVALID: '재설정 토큰이 유효하지 않거나 만료되었습니다. 새 코드를 요청해 주세요.',
    REFRESH_REUSED: '이미 사용된 리프레시 토큰입니다. 세션이 종료되었습니다.',
    SERVICE_UNAVAILABLE: '일시적으로 서비스를 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    INTERNAL_SERVER_ERROR: '서버 내부 오류가 발생했습니다.',
  },

  reasons: {
    REPLACED: '새 인증 코드가 전송되었습니다. 가장 최근 메시지의 코드를 입력해 주세요.',
    SPENT: '이미 사용된 인증 코드입니다. 새 코드를 요청해 주세요.',
    WRONG_PURPOSE: '다른 용도(`purpose`)로 요청된 인증 코드입니다.',
    ALREADY_VERIFIED: '이미 확인된 이메일 주소입니다. 로그인해 주세요.',
    RESEND_PAUSE: '1분 이내에 인증 코드가 전송되었습니다. 그 코드를 입력하거나 잠시 후 다시 요청해 주세요.',
    OUTDATED_VERSION: '불러온 뒤에 내용이 변경되었습니다. 현재 버전과 비교한 후 다시 저장해 주세요.',
    SESSION_REQUIRED: '프로그램은 이 작업을 할 수 없습니다. 계속하려면 로그인해 주세요.',
    INSUFFICIENT_SCOPE: '액세스 토큰에 필요한 권한 범위가 없습니다.',
    API_KEY_INVALID: 'API 키 또는 비밀 키가 올바르지 않거나 더 이상 유효하지 않습니다.',
    TOO_MANY_API_KEYS: '만들 수 있는 API 키 수에 도달했습니다. 새 키를 만들려면 기존 키를 폐기해 주세요.',
    TOO_MANY_POSTS:
      '작성할 수 있는 게시글 수를 모두 사용했습니다. 새 글을 쓰려면 기존 게시글을 삭제해 주세요.',
    TOO_MANY_BYTES: '게시글 저장 공간을 모두 사용했습니다. 게시글을 삭제하거나 내용을 줄여 주세요.',
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
    CHANGE_UNDONE: '변경을 되돌리고 모든 세션을 종료했습니다. 지금 비밀번호를 재설정하세요.',
    LOGIN_SUCCESSFUL: '로그인되었습니다.',
    TOKEN_REFRESHED: '세션이 갱신되었습니다.',
    LOGOUT_SUCCESSFUL: '로그아웃되었습니다.',
    SESSION_REVOKED: '세션이 종료되었습니다.',
    OTHER_SESSIONS_REVOKED: '다른 세션이 모두 종료되었습니다.',
    API_KEY_CREATED: 'API 키가 생성되었습니다. 비밀 키는 다시 표시되지 않으니 지금 저장해 주세요.',
    API_KEY_REVOKED: 'API 키가 폐기되었습니다.',
    TOKEN_ISSUED: '액세스 토큰이 발급되었습니다.',
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

  requestReasons: {
    PREFLIGHT_REQUIRED:
      'GET 요청에는 `apollo-require-preflight` 헤더(값은 자유)를 넣거나, 작업을 application/json POST로 보내 주세요.',
    POST_REQUIRED: '뮤테이션과 구독은 POST로 보내 주세요.',
    BATCH_NOT_SUPPORTED: '요청마다 작업을 하나만 보내 주세요. 본문은 JSON 객체 하나여야 합니다.',
    BODY_REQUIRED: '`query`가 있는 JSON 객체를 application/json 본문으로 보내 주세요.',
    INVALID_JSON: '본문을 올바른 UTF-8 JSON으로 보내 주세요.',
    QUERY_REQUIRED: 'GraphQL 문서를 `query`로, 또는 저장된 문서의 ID를 `documentId`로 보내 주세요.',
    QUERY_NOT_TEXT: '`query`를 텍스트로 보내 주세요. 파싱된 문서는 먼저 텍스트로 변환해야 합니다.',
    VARIABLES_NOT_OBJECT: '`variables`를 텍스트나 목록이 아닌 JSON 객체로 보내 주세요.',
    EXTENSIONS_NOT_OBJECT: '`extensions`를 텍스트나 목록이 아닌 JSON 객체로 보내 주세요.',
    OPERATION_NAME_NOT_TEXT: '`operationName`을 텍스트로 보내 주세요.',
    PARAMETER_REPEATED: 'URL의 매개변수는 각각 한 번만 보내 주세요.',
    CONTENT_TYPE_OF_GET: 'GET 요청은 콘텐츠 유형 없이, 또는 application/json으로 보내 주세요.',
    NOT_ACCEPTABLE: 'application/json 또는 application/graphql-response+json을 허용해 주세요.',
    PERSISTED_QUERY_MISMATCH: '`query`에 있는 문서의 SHA-256을 16진수로 보내 주세요.',
    PERSISTED_QUERY_INVALID: '`persistedQuery`는 `version` 1과 16진수 `sha256Hash`로 보내 주세요.',
    SUBSCRIPTION_OVER_HTTP:
      '구독은 graphql-transport-ws 프로토콜의 WebSocket으로, 또는 `Accept: text/event-stream` 헤더를 붙여 POST로 열어 주세요.',
    HTTP_REQUIRED: '쿼리와 뮤테이션은 HTTP로 보내 주세요. WebSocket은 구독 전용입니다.',
    TOO_MANY_SUBSCRIPTIONS: '새 구독을 열기 전에 열려 있는 구독을 하나 종료해 주세요.',
  },

  variables: {
    REQUIRED: '변수 ${{path}} 값이 필요합니다.',
    INVALID_TYPE: '변수 ${{path}} 형식이 올바르지 않습니다: {{expected}}.',
    UNKNOWN_FIELD: '변수 ${{path}} 항목은 정의되어 있지 않습니다.',
    EXACTLY_ONE: '변수 ${{path}} 항목은 필드를 정확히 하나만 가져야 합니다: {{expected}}.',
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
    variableValues: '변수의 값이 {{limit}}개를 초과합니다.',
    responseCharacters: '응답이 {{limit}}자를 초과합니다. 페이지 크기나 필드 수를 줄여 주세요.',
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
