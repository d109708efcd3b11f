export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** Date and time in UTC (RFC 3339), such as 2026-01-31T08:00:00.000Z. */
  DateTime: { input: string; output: string; }
};

/** API key of an account, with which a program gets access tokens. */
export type ApiKey = {
  __typename?: 'ApiKey';
  /** Time of creation. */
  createdAt: Scalars['DateTime']['output'];
  /** Time of expiry. Null: the key does not expire. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Public id of the key: `apiKey` of `issueToken`. */
  id: Scalars['ID']['output'];
  /** Hour of the last token. Null before the first. */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Name, as it was entered. */
  name: Scalars['String']['output'];
  /** First characters of the secret, to recognise it. */
  prefix: Scalars['String']['output'];
  /** Time of revocation. Null: the key is not revoked. */
  revokedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Scopes that tokens of the key can have. */
  scopes: Array<Scalars['String']['output']>;
};

/** Security event of the caller’s account. */
export type AuditEvent = {
  __typename?: 'AuditEvent';
  /** Time of the event. */
  at: Scalars['DateTime']['output'];
  /** Name of the event, from the OWASP Logging Vocabulary if it has one: `authn_login_success`, `authn_login_fail`, `authn_token_revoked` … New names can be added. */
  event: Scalars['String']['output'];
  /** Event id. */
  id: Scalars['ID']['output'];
  /** IP address of the request. Its last part is masked and is not stored. */
  ipAddress?: Maybe<Scalars['String']['output']>;
  /** Reason, a fixed name of one or two words. */
  reason?: Maybe<Scalars['String']['output']>;
  /** Id of the session, which can have ended. */
  sessionId?: Maybe<Scalars['ID']['output']>;
};

/** Page of security events (Relay cursor connection). */
export type AuditEventConnection = {
  __typename?: 'AuditEventConnection';
  /** Events with their cursors. */
  edges: Array<AuditEventEdge>;
  /** Events without cursors. */
  nodes: Array<AuditEvent>;
  /** Page information. */
  pageInfo: PageInfo;
};

/** Edge of an `AuditEventConnection`. */
export type AuditEventEdge = {
  __typename?: 'AuditEventEdge';
  /** Opaque cursor for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The event. */
  node: AuditEvent;
};

/** Tokens of a new or refreshed session. */
export type AuthPayload = {
  __typename?: 'AuthPayload';
  /** Access token: a JWT for the `Authorization: Bearer` header (RFC 9068). */
  accessToken: Scalars['String']['output'];
  /** Seconds until the access token expires. */
  expiresIn: Scalars['Int']['output'];
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`. */
  messageKey: Scalars['String']['output'];
  /** Seconds until the session expires without a refresh. */
  refreshExpiresIn: Scalars['Int']['output'];
  /** Refresh token, opaque, for one refresh. Null if it is in a cookie. */
  refreshToken?: Maybe<Scalars['String']['output']>;
  /** The session. */
  session: Session;
  /** Type of the access token: `Bearer` (RFC 6750). */
  tokenType: Scalars['String']['output'];
  /** The signed-in account. */
  user: User;
};

/** Input of `changePassword`. */
export type ChangePasswordInput = {
  /** Current password. */
  currentPassword: Scalars['String']['input'];
  /** New password. All characters are accepted; equivalent spellings of a letter are one (Unicode NFC), nothing else is changed; at least `PASSWORD_MIN_LENGTH` (12) and at most 256 characters. Common passwords, and passwords made of names around the account, are rejected. */
  newPassword: Scalars['String']['input'];
};

/** Result of `changePassword`. */
export type ChangePasswordPayload = {
  __typename?: 'ChangePasswordPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `PASSWORD_CHANGED`. */
  messageKey: Scalars['String']['output'];
  /** Number of other sessions that were ended. */
  revokedSessions: Scalars['Int']['output'];
};

/** Result of `confirmTotp`. Sign-ins require a code from now on. */
export type ConfirmTotpPayload = {
  __typename?: 'ConfirmTotpPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `TOTP_ENABLED`. */
  messageKey: Scalars['String']['output'];
  /** Recovery codes, each for one sign-in without the app. They are returned once. */
  recoveryCodes: Array<Scalars['String']['output']>;
  /** Number of other sessions that were ended. */
  revokedSessions: Scalars['Int']['output'];
};

/** Input of `createApiKey`. */
export type CreateApiKeyInput = {
  /** Time of expiry. Default: the key does not expire. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Name of the program or its purpose: 1 to 100 characters on one line. */
  name: Scalars['String']['input'];
  /** Scopes of the key, at most 50, such as `posts:read`: `account:read`, and those of the roles of the account. */
  scopes: Array<Scalars['String']['input']>;
};

/** Result of `createApiKey`. */
export type CreateApiKeyPayload = {
  __typename?: 'CreateApiKeyPayload';
  /** Public id of the key: `apiKey` of `issueToken`. */
  apiKey: Scalars['String']['output'];
  /** Secret of the key. It is not stored and not shown again. */
  apiSecret: Scalars['String']['output'];
  /** The key. */
  key: ApiKey;
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `API_KEY_CREATED`. */
  messageKey: Scalars['String']['output'];
};

/** Input of `createPost`. */
export type CreatePostInput = {
  /** Content in Markdown, 1 to 20000 characters. */
  content: Scalars['String']['input'];
  /** Whether the post is published. False: a draft. */
  published?: Scalars['Boolean']['input'];
  /** Title, plain text, 1 to 200 characters. */
  title: Scalars['String']['input'];
};

/** Result of `deletePost`. */
export type DeletePostPayload = {
  __typename?: 'DeletePostPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `POST_DELETED`. */
  messageKey: Scalars['String']['output'];
  /** Id of the deleted post. */
  postId: Scalars['ID']['output'];
};

/** Result of `disableTotp`. Sign-ins require one factor again. */
export type DisableTotpPayload = {
  __typename?: 'DisableTotpPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `TOTP_DISABLED`. */
  messageKey: Scalars['String']['output'];
};

/** Value of `extensions.code` in errors. New values can be added. */
export type ErrorCode =
  /** The request is malformed or is not GraphQL over HTTP; `extensions.reason` says what to change. */
  | 'BAD_REQUEST'
  /** The input is invalid; see `extensions.fieldErrors`. */
  | 'BAD_USER_INPUT'
  /** The request conflicts with the current state. A change of an outdated version has it in `extensions.current`. */
  | 'CONFLICT'
  /** The caller lacks the permission for this operation. */
  | 'FORBIDDEN'
  /** The document has a GraphQL syntax error. */
  | 'GRAPHQL_PARSE_FAILED'
  /** The document does not match the schema, or exceeds a limit of documents. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** The URL and the headers of the request are too large. */
  | 'HEADERS_TOO_LARGE'
  /** The request was not made over TLS. */
  | 'HTTPS_REQUIRED'
  /** An unexpected error; the log has its details under `extensions.errorId`. */
  | 'INTERNAL_SERVER_ERROR'
  /** The e-mail address or the password is incorrect, or an API key is not valid. */
  | 'INVALID_CREDENTIALS'
  /** The contact is the only verified one of the account, which could not sign in without it. */
  | 'LAST_CONTACT'
  /** The path does not support the HTTP method; the header `Allow` lists those it supports. */
  | 'METHOD_NOT_ALLOWED'
  /** The code of the second factor is incorrect. */
  | 'MFA_INVALID'
  /** The object does not exist, or the account has no access to it. */
  | 'NOT_FOUND'
  /** The operation is not on the list of allowed operations. */
  | 'OPERATION_NOT_ALLOWED'
  /** The document has no operation of this name, or several and no name is given. */
  | 'OPERATION_RESOLUTION_FAILURE'
  /** The one-time code has expired. Request a new code. */
  | 'OTP_EXPIRED'
  /** The one-time code is incorrect. */
  | 'OTP_INVALID'
  /** The challenge does not exist or is no longer active; `extensions.reason` says why. Request a new code. */
  | 'OTP_NOT_FOUND'
  /** The body of the request is too large. */
  | 'PAYLOAD_TOO_LARGE'
  /** The id belongs to no stored document. Send the document with its id. */
  | 'PERSISTED_QUERY_NOT_FOUND'
  /** The server stores no documents. Send the document. */
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  /** The undo link is not enough: send the password from before the change, or use a device that was known before it. */
  | 'PROOF_REQUIRED'
  /** The account has as much as it may: `extensions.reason` says what, and `extensions.limit` how much. */
  | 'QUOTA_EXCEEDED'
  /** A rate limit was exceeded. Retry after `extensions.retryAfter` seconds. */
  | 'RATE_LIMITED'
  /** The last sign-in is too old for this field. Sign in again. */
  | 'REAUTHENTICATION_REQUIRED'
  /** The refresh token was already used. Its session has been revoked. */
  | 'REFRESH_REUSED'
  /** The request arrived too slowly. */
  | 'REQUEST_TIMEOUT'
  /** The password reset token is invalid, was already used, or has expired. Request a new code. */
  | 'RESET_TOKEN_INVALID'
  /** The service cannot process the request now. Retry after `extensions.retryAfter` seconds. */
  | 'SERVICE_UNAVAILABLE'
  /** The token is invalid, was already used, or has expired. */
  | 'TOKEN_INVALID'
  /** The request carries no valid access token; `extensions.reason` says why. */
  | 'UNAUTHENTICATED'
  /** The body is not `application/json` in UTF-8 without a content encoding. */
  | 'UNSUPPORTED_MEDIA_TYPE';

/** Shape of `extensions` in errors. No field returns it: it is here for generated types. */
export type ErrorExtensions = {
  /** Attempts left for a code or a password. */
  attemptsLeft?: Maybe<Scalars['Int']['output']>;
  /** Stable code for programs. */
  code: ErrorCode;
  /** `CONFLICT` with `OUTDATED_VERSION`: the post as it is now. */
  current?: Maybe<PostVersion>;
  /** `INTERNAL_SERVER_ERROR`: id of the entry in the log. */
  errorId?: Maybe<Scalars['String']['output']>;
  /** `BAD_USER_INPUT`: the problems of the arguments or variables. */
  fieldErrors?: Maybe<Array<FieldError>>;
  /** `RATE_LIMITED`: calls in a window. `QUOTA_EXCEEDED`: posts, bytes or API keys of the account. */
  limit?: Maybe<Scalars['Int']['output']>;
  /** Key of `message`: the code, or the code and the reason. */
  messageKey: Scalars['String']['output'];
  /** What the code does not say alone. */
  reason?: Maybe<ErrorReason>;
  /** `RATE_LIMITED`: calls left in the window. */
  remaining?: Maybe<Scalars['Int']['output']>;
  /** `RATE_LIMITED`: end of the window, ISO 8601 in UTC. */
  resetAt?: Maybe<Scalars['String']['output']>;
  /** `RATE_LIMITED`, `SERVICE_UNAVAILABLE`: seconds until a retry can succeed. */
  retryAfter?: Maybe<Scalars['Int']['output']>;
  /** `FORBIDDEN` with `INSUFFICIENT_SCOPE`: the scope that the field requires. */
  scope?: Maybe<Scalars['String']['output']>;
};

/** Value of `extensions.reason` in errors: it refines the code. New values can be added. */
export type ErrorReason =
  /** `TOKEN_INVALID` of a link: the address is verified already. */
  | 'ALREADY_VERIFIED'
  /** `INVALID_CREDENTIALS`: there is no such API key, or its secret is another one, or it was revoked or has expired, or its account is not active. */
  | 'API_KEY_INVALID'
  /** The body is a list of operations. */
  | 'BATCH_NOT_SUPPORTED'
  /** The body is missing or has no properties. */
  | 'BODY_REQUIRED'
  /** A GET request has a content type other than `application/json`. */
  | 'CONTENT_TYPE_OF_GET'
  /** `extensions` is not a JSON object. */
  | 'EXTENSIONS_NOT_OBJECT'
  /** A query or a mutation was sent over WebSocket. */
  | 'HTTP_REQUIRED'
  /** `FORBIDDEN`: the token lacks the scope in `extensions.scope`. */
  | 'INSUFFICIENT_SCOPE'
  /** The body is not JSON in UTF-8. */
  | 'INVALID_JSON'
  /** The header `Accept` excludes every type that the server sends. */
  | 'NOT_ACCEPTABLE'
  /** `operationName` is not a text. */
  | 'OPERATION_NAME_NOT_TEXT'
  /** `CONFLICT`: the object was changed after the caller read it. */
  | 'OUTDATED_VERSION'
  /** A parameter of the URL is given twice. */
  | 'PARAMETER_REPEATED'
  /** The extension `persistedQuery` does not follow its protocol. */
  | 'PERSISTED_QUERY_INVALID'
  /** The id is not the SHA-256 of the document. */
  | 'PERSISTED_QUERY_MISMATCH'
  /** A mutation or a subscription was sent by GET. */
  | 'POST_REQUIRED'
  /** A GET request has no header that forces a CORS preflight. */
  | 'PREFLIGHT_REQUIRED'
  /** `query` is not a text. */
  | 'QUERY_NOT_TEXT'
  /** The request has neither a document nor the id of one. */
  | 'QUERY_REQUIRED'
  /** `OTP_NOT_FOUND`: a newer code was sent to the same destination for the same purpose. */
  | 'REPLACED'
  /** `RATE_LIMITED`: the last code was sent less than a minute ago. */
  | 'RESEND_PAUSE'
  /** `FORBIDDEN`: the field requires a signed-in user; tokens of API keys are not accepted. */
  | 'SESSION_REQUIRED'
  /** `OTP_NOT_FOUND`: the code is correct and was used before. */
  | 'SPENT'
  /** A subscription was sent over HTTP without `Accept: text/event-stream`. */
  | 'SUBSCRIPTION_OVER_HTTP'
  /** `UNAUTHENTICATED`: the access token has expired. Refresh the session and repeat the request. */
  | 'TOKEN_EXPIRED'
  /** `UNAUTHENTICATED`: the access token is not valid, or its session has ended. Sign in again. */
  | 'TOKEN_INVALID'
  /** `UNAUTHENTICATED`: the request has no access token. Sign in. */
  | 'TOKEN_MISSING'
  /** `QUOTA_EXCEEDED`: the account has `limit` active API keys. Revoke one. */
  | 'TOO_MANY_API_KEYS'
  /** `QUOTA_EXCEEDED`: titles and contents of the account’s posts would take more than `limit` bytes. */
  | 'TOO_MANY_BYTES'
  /** `QUOTA_EXCEEDED`: the account has `limit` posts. */
  | 'TOO_MANY_POSTS'
  /** The socket, session or account has as many subscriptions as it can have. */
  | 'TOO_MANY_SUBSCRIPTIONS'
  /** `OTP_NOT_FOUND`: there is no such challenge, or it expired some time ago. */
  | 'UNKNOWN'
  /** `variables` is not a JSON object. */
  | 'VARIABLES_NOT_OBJECT'
  /** `OTP_NOT_FOUND`: the challenge was opened for another `purpose`. */
  | 'WRONG_PURPOSE';

/** Entry of `extensions.fieldErrors` in errors: one problem with one argument or variable. */
export type FieldError = {
  /** Stable code for programs. */
  code: FieldErrorCode;
  /** English text for developers, without the value. */
  message: Scalars['String']['output'];
  /** Path of the argument or variable, such as `["input", "email"]`. */
  path: Array<Scalars['String']['output']>;
};

/** Value of `fieldErrors[].code` in errors. New values can be added. */
export type FieldErrorCode =
  /** Many people have this password, or it is a run or a repetition. */
  | 'COMMON_PASSWORD'
  /** Exactly one of several fields must be given. */
  | 'EXACTLY_ONE'
  /** The text contains characters that are not allowed. */
  | 'INVALID_CHARACTERS'
  /** The text is not a cursor of this list. */
  | 'INVALID_CURSOR'
  /** The text is not an e-mail address. */
  | 'INVALID_EMAIL'
  /** The text does not have the required form. */
  | 'INVALID_FORMAT'
  /** The text is too short or too long. */
  | 'INVALID_LENGTH'
  /** The text is not a phone number with a country code. */
  | 'INVALID_PHONE'
  /** The value has another type than the schema declares; the message names the expected type. */
  | 'INVALID_TYPE'
  /** The account has no password. */
  | 'NO_PASSWORD'
  /** The text contains no letter or digit. */
  | 'NO_WORDS'
  /** The number is outside its range. */
  | 'OUT_OF_RANGE'
  /** The password is made of the name or the address of the account or of the service. */
  | 'PERSONAL_PASSWORD'
  /** No text messages are sent to this phone number. */
  | 'PHONE_NOT_SUPPORTED'
  /** A value is required. */
  | 'REQUIRED'
  /** The text is too long, or the number too large. */
  | 'TOO_BIG'
  /** The Markdown exceeds the bounds within which it is rendered. */
  | 'TOO_COMPLEX'
  /** The input type has no field of this name. */
  | 'UNKNOWN_FIELD'
  /** The purpose cannot be used with this kind of contact. */
  | 'WRONG_CHANNEL';

/** Input of `issueToken`. */
export type IssueTokenInput = {
  /** Public id of the key. */
  apiKey: Scalars['String']['input'];
  /** Secret of the key. */
  apiSecret: Scalars['String']['input'];
  /** Scopes of the token. Default: all of the key that the account can grant. */
  scopes?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** Input of `login`. */
export type LoginInput = {
  /** E-mail address of the account. */
  email: Scalars['String']['input'];
  /** Password of the account. */
  password: Scalars['String']['input'];
};

/** Result of a sign-in by password. */
export type LoginResult = AuthPayload | MfaChallenge;

/** Result of `logout`. */
export type LogoutPayload = {
  __typename?: 'LogoutPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `LOGOUT_SUCCESSFUL`. */
  messageKey: Scalars['String']['output'];
  /** Number of sessions that were ended. */
  revokedSessions: Scalars['Int']['output'];
};

/** The first factor was correct, and the account has a second factor. `verifyMfa` completes the sign-in. */
export type MfaChallenge = {
  __typename?: 'MfaChallenge';
  /** Challenge id for `verifyMfa`. */
  challengeId: Scalars['ID']['output'];
  /** Seconds until the challenge expires. */
  expiresIn: Scalars['Int']['output'];
  /** Methods that `verifyMfa` accepts. */
  methods: Array<MfaMethod>;
};

/** Method of the second step of a sign-in. */
export type MfaMethod =
  /** Recovery code, which can be used once. */
  | 'RECOVERY_CODE'
  /** Six-digit code of an authenticator app (RFC 6238). */
  | 'TOTP';

export type Mutation = {
  __typename?: 'Mutation';
  /** Changes the caller’s password and ends all other sessions. An account without a password sets its first with `resetPassword`. Requires sign-in. */
  changePassword: ChangePasswordPayload;
  /** Activates the app with its first code. Sign-ins require a code from then on. `CONFLICT` without an enrollment. Requires sign-in. */
  confirmTotp: ConfirmTotpPayload;
  /** Creates an API key. Its secret is shown once. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `QUOTA_EXCEEDED` if the account has no room for another key. Requires sign-in. */
  createApiKey: CreateApiKeyPayload;
  /** Creates a post of the caller. `QUOTA_EXCEEDED` if the account has no room for it. Requires sign-in. */
  createPost: Post;
  /** Deletes a post. `NOT_FOUND` if the caller is neither its author nor has the role `ADMIN`, `CONFLICT` if it does not have `expectedUpdatedAt`. Requires sign-in. */
  deletePost: DeletePostPayload;
  /** Removes the app and the recovery codes. `CONFLICT` if no app is active. Requires sign-in. */
  disableTotp: DisableTotpPayload;
  /** Creates a secret for an authenticator app, which `confirmTotp` activates. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `CONFLICT` if an app is already active. Requires sign-in. */
  enrollTotp: TotpEnrollment;
  /** Exchanges an API key and its secret for an access token. `INVALID_CREDENTIALS` if the key is unknown, has another secret, was revoked or has expired, or if its account is not active. */
  issueToken: TokenPayload;
  /** Signs in by password. Every failure has the same code, `INVALID_CREDENTIALS`. */
  login: LoginResult;
  /** Signs out. The tokens of the ended sessions are rejected from then on. Without a valid token it succeeds and changes nothing. */
  logout: LogoutPayload;
  /** Exchanges a refresh token for new tokens. The previous token returns the same successor for a short time; an older token ends the session. */
  refresh: AuthPayload;
  /** Replaces all recovery codes. `CONFLICT` if no app is active. Requires sign-in. */
  regenerateRecoveryCodes: RegenerateRecoveryCodesPayload;
  /** Registers an account and sends a code to its e-mail address. The response does not reveal whether the account exists. */
  register: RegisterPayload;
  /** Registers an account that signs in by text message, and sends a code to its phone number. The response does not reveal whether the account exists. */
  registerPhone: RegisterPayload;
  /** Removes the phone number of the caller’s account. Codes that were sent to it end. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `LAST_CONTACT` if the account has no other verified contact, `CONFLICT` if it has no number. Requires sign-in. */
  removePhone: User;
  /** Sends a one-time code, which replaces the one that the same client requested before. The response does not reveal whether the account exists. */
  requestOtp: RequestOtpPayload;
  /** Sets a password with the reset token of `verifyOtp(purpose: RESET_PASSWORD)`, ends all sessions of the account and signs in. A rejected password does not use up the token. */
  resetPassword: AuthPayload;
  /** Revokes an API key. Its tokens are rejected from then on. `NOT_FOUND` for keys of other accounts. Requires sign-in. */
  revokeApiKey: RevokeApiKeyPayload;
  /** Ends all sessions of the caller’s account except the current one. Requires sign-in. */
  revokeOtherSessions: RevokeOtherSessionsPayload;
  /** Ends a session of the caller’s account. `NOT_FOUND` for sessions of other accounts. Requires sign-in. */
  revokeSession: RevokeSessionPayload;
  /** Undoes a change of an account, and all later ones, with the token of the link in its notification, and ends all sessions. `PROOF_REQUIRED` if a second factor would be removed or replaced: then the password from before the change is required, or a device that was known before it. */
  undoChange: UndoChangePayload;
  /** Changes a post. `NOT_FOUND` if the caller is neither its author nor has the role `ADMIN`, `CONFLICT` if it does not have `expectedUpdatedAt`, `QUOTA_EXCEEDED` if its author has no room for a larger post. Requires sign-in. */
  updatePost: Post;
  /** Verifies an e-mail address with the link of a message, like the code of the message. `TOKEN_INVALID` if the link is unknown, used, replaced or expired; its `extensions.reason` is `ALREADY_VERIFIED` if the address is verified. */
  verifyEmail: VerifyEmailPayload;
  /** Completes a sign-in with a code of the second factor. `MFA_INVALID` contains the number of attempts left; with none left, sign in again. */
  verifyMfa: AuthPayload;
  /** Verifies a one-time code, which can be used once. Signs in, sets the phone number of a signed-in caller (`VERIFY_PHONE`), or returns a reset token (`RESET_PASSWORD`). */
  verifyOtp: VerifyOtpResult;
};


export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


export type MutationConfirmTotpArgs = {
  code: Scalars['String']['input'];
  endOtherSessions?: Scalars['Boolean']['input'];
};


export type MutationCreateApiKeyArgs = {
  input: CreateApiKeyInput;
};


export type MutationCreatePostArgs = {
  input: CreatePostInput;
};


export type MutationDeletePostArgs = {
  expectedUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationDisableTotpArgs = {
  code: Scalars['String']['input'];
};


export type MutationIssueTokenArgs = {
  input: IssueTokenInput;
};


export type MutationLoginArgs = {
  input: LoginInput;
};


export type MutationLogoutArgs = {
  everywhere?: Scalars['Boolean']['input'];
};


export type MutationRefreshArgs = {
  refreshToken?: InputMaybe<Scalars['String']['input']>;
};


export type MutationRegenerateRecoveryCodesArgs = {
  code: Scalars['String']['input'];
};


export type MutationRegisterArgs = {
  input: RegisterInput;
};


export type MutationRegisterPhoneArgs = {
  input: RegisterPhoneInput;
};


export type MutationRequestOtpArgs = {
  input: RequestOtpInput;
};


export type MutationResetPasswordArgs = {
  input: ResetPasswordInput;
};


export type MutationRevokeApiKeyArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRevokeSessionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationUndoChangeArgs = {
  password?: InputMaybe<Scalars['String']['input']>;
  token: Scalars['String']['input'];
};


export type MutationUpdatePostArgs = {
  id: Scalars['ID']['input'];
  input: UpdatePostInput;
};


export type MutationVerifyEmailArgs = {
  signIn?: Scalars['Boolean']['input'];
  token: Scalars['String']['input'];
};


export type MutationVerifyMfaArgs = {
  input: VerifyMfaInput;
};


export type MutationVerifyOtpArgs = {
  input: VerifyOtpInput;
};

/** Object that `node` reads by its id (Relay). */
export type Node = {
  /** Id, unique among the objects of all types. */
  id: Scalars['ID']['output'];
};

/** Channel of a one-time code. */
export type OtpChannel =
  /** E-mail. */
  | 'EMAIL'
  /** Text message. */
  | 'SMS';

/** Destination of a one-time code. */
export type OtpDestinationInput =
  /** E-mail address of the account. */
  { email: Scalars['String']['input']; phone?: never; }
  |  /** Phone number with country code, in any common format. */
  { email?: never; phone: Scalars['String']['input']; };

/** Purpose of a one-time code. A code is accepted for its purpose only. */
export type OtpPurpose =
  /** Sign in without a password. */
  | 'LOGIN'
  /** Reset the password. The code is exchanged for a reset token. */
  | 'RESET_PASSWORD'
  /** Verify the e-mail address of a new account and sign in. */
  | 'VERIFY_EMAIL'
  /** With a signed-in caller: set the phone number of the account. Otherwise: verify the phone number of a new account and sign in. */
  | 'VERIFY_PHONE';

/** What names a one-time code. */
export type OtpReferenceInput =
  /** Challenge id of the code, from the payload of the mutation that sent it. */
  { challengeId: Scalars['ID']['input']; email?: never; phone?: never; }
  |  /** E-mail address that the code was sent to. Attempts by address are limited separately. */
  { challengeId?: never; email: Scalars['String']['input']; phone?: never; }
  |  /** Phone number that the code was sent to. Attempts by number are limited separately. */
  { challengeId?: never; email?: never; phone: Scalars['String']['input']; };

/** Page information (Relay cursor connection). */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last entry of the page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether there are entries after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are entries before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first entry of the page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** Permission to set a new password. It does not sign in. */
export type PasswordResetGrant = {
  __typename?: 'PasswordResetGrant';
  /** Seconds until the token expires. It ends earlier when its contact, the password or the second factor changes, and at a sign-out everywhere. */
  expiresIn: Scalars['Int']['output'];
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `RESET_GRANTED`. */
  messageKey: Scalars['String']['output'];
  /** Methods that `mfaCode` of `resetPassword` accepts. Empty if the account has no second factor. */
  mfaMethods: Array<MfaMethod>;
  /** Reset token for `resetPassword`, which can be used once. */
  resetToken: Scalars['String']['output'];
};

/** The phone number of the account is verified. It does not sign in. */
export type PhoneVerified = {
  __typename?: 'PhoneVerified';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `PHONE_VERIFIED_SUCCESSFULLY`. */
  messageKey: Scalars['String']['output'];
  /** The account, with its phone number. */
  user: User;
};

/** Post. */
export type Post = Node & {
  __typename?: 'Post';
  /** Author of the post. */
  author: User;
  /** Content in Markdown. */
  content: Scalars['String']['output'];
  /** Content as sanitized HTML, safe to insert into a page. The source in one `pre` element if the content exceeds the bounds of Markdown, which were added later than posts. */
  contentHtml: Scalars['String']['output'];
  /** Time of creation. */
  createdAt: Scalars['DateTime']['output'];
  /** Post id. */
  id: Scalars['ID']['output'];
  /** Whether the post is published. Only its author and accounts with the role `ADMIN` can read a draft. */
  published: Scalars['Boolean']['output'];
  /** Title, plain text. */
  title: Scalars['String']['output'];
  /** Time of the last change, and version of the post: it rises with every change. See `expectedUpdatedAt`. */
  updatedAt: Scalars['DateTime']['output'];
};

/** Page of posts (Relay cursor connection). */
export type PostConnection = {
  __typename?: 'PostConnection';
  /** Posts with their cursors. */
  edges: Array<PostEdge>;
  /** Posts without cursors. */
  nodes: Array<Post>;
  /** Page information. */
  pageInfo: PageInfo;
  /** Number of posts that match the filter, at most 10000: see `totalCountExact`. Counted only if requested. */
  totalCount: Scalars['Int']['output'];
  /** False: more posts than `totalCount` match the filter, to be shown as “10000+”. */
  totalCountExact: Scalars['Boolean']['output'];
};

/** Edge of a `PostConnection`. */
export type PostEdge = {
  __typename?: 'PostEdge';
  /** Opaque cursor for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The post. */
  node: Post;
};

/** Filter of posts. All given conditions must match. */
export type PostFilter = {
  /** Id of the author. */
  authorId?: InputMaybe<Scalars['ID']['input']>;
  /** True: published posts. False: drafts that the caller can read. */
  published?: InputMaybe<Scalars['Boolean']['input']>;
  /** Words, 1 to 200 characters. For each of them the title or the content must have a word that begins with it. Words are runs of letters and digits; case and the diacritics of Latin letters are ignored. */
  search?: InputMaybe<Scalars['String']['input']>;
};

/** Order of posts. */
export type PostOrder =
  /** Newest first. */
  | 'NEWEST'
  /** Oldest first. */
  | 'OLDEST';

/** `extensions.current` of a `CONFLICT`: the post as it is now. Its fields are those of `Post`. */
export type PostVersion = {
  /** Content in Markdown. */
  content: Scalars['String']['output'];
  /** Post id. */
  id: Scalars['ID']['output'];
  /** Whether the post is published. */
  published: Scalars['Boolean']['output'];
  /** Title, plain text. */
  title: Scalars['String']['output'];
  /** Version of the post, for `expectedUpdatedAt`; ISO 8601 in UTC. */
  updatedAt: Scalars['String']['output'];
};

export type Query = {
  __typename?: 'Query';
  /** API keys of the caller’s account, ended ones included: active ones first, then the newest. Requires sign-in. */
  apiKeys: Array<ApiKey>;
  /** The account of the caller. Requires sign-in. */
  me: User;
  /** Security events of the caller’s account, newest first. An event is listed within a second. Requires sign-in. */
  myAuditEvents: AuditEventConnection;
  /** Status of the second factor of the caller’s account. Requires sign-in. */
  mySecondFactor: SecondFactorStatus;
  /** Object by id (Relay): a post, a session of the caller, the account of the caller, or that of the author of a post. Null if the caller can read none with this id. Requires sign-in. */
  node?: Maybe<Node>;
  /** Post by id. `NOT_FOUND` if it does not exist or is a draft that the caller cannot read. Requires sign-in. */
  post: Post;
  /** Posts that the caller can read: published posts, and drafts of the caller; an account with the role `ADMIN` reads all drafts. Requires sign-in. */
  posts: PostConnection;
  /** Active sessions of the caller’s account, newest first. Requires sign-in. */
  sessions: Array<Session>;
};


export type QueryMyAuditEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPostArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPostsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PostFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<PostOrder>;
};

/** Result of `regenerateRecoveryCodes`. Earlier recovery codes are no longer accepted. */
export type RegenerateRecoveryCodesPayload = {
  __typename?: 'RegenerateRecoveryCodesPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `RECOVERY_CODES_REPLACED`. */
  messageKey: Scalars['String']['output'];
  /** Recovery codes, each for one sign-in without the app. They are returned once. */
  recoveryCodes: Array<Scalars['String']['output']>;
};

/** Input of `register`. */
export type RegisterInput = {
  /** E-mail address, at most 254 characters. */
  email: Scalars['String']['input'];
  /** Full name: one line of 1 to 200 characters, without control characters and marks of text direction. */
  fullName?: InputMaybe<Scalars['String']['input']>;
  /** Language of messages, a BCP 47 tag such as `en` or `ko-KR`. Default: the first supported language of the `Accept-Language` header. */
  locale?: InputMaybe<Scalars['String']['input']>;
  /** Password. Omit it for an account that signs in by code only. All characters are accepted; equivalent spellings of a letter are one (Unicode NFC), nothing else is changed; at least `PASSWORD_MIN_LENGTH` (12) and at most 256 characters. Common passwords, and passwords made of names around the account, are rejected. */
  password?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `register` and `registerPhone`. It does not reveal whether the account exists. */
export type RegisterPayload = {
  __typename?: 'RegisterPayload';
  /** Challenge id for `verifyOtp`, with the purpose `VERIFY_EMAIL` or `VERIFY_PHONE`. */
  challengeId: Scalars['ID']['output'];
  /** Seconds until the code expires. */
  expiresIn: Scalars['Int']['output'];
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `OTP_SENT_SUCCESSFULLY`. */
  messageKey: Scalars['String']['output'];
  /** The code, if the setting `OTP_EXPOSE_CODE` is on. Null in production. */
  otpCode?: Maybe<Scalars['String']['output']>;
  /** Seconds until another code can be requested. */
  resendAvailableIn: Scalars['Int']['output'];
};

/** Input of `registerPhone`. */
export type RegisterPhoneInput = {
  /** Full name: one line of 1 to 200 characters, without control characters and marks of text direction. */
  fullName?: InputMaybe<Scalars['String']['input']>;
  /** Language of messages, a BCP 47 tag such as `en` or `ko-KR`. Default: the first supported language of the `Accept-Language` header. */
  locale?: InputMaybe<Scalars['String']['input']>;
  /** Phone number with country code, in any common format. */
  phone: Scalars['String']['input'];
};

/** Input of `requestOtp`: exactly one of `destination`, `email` and `phone`. */
export type RequestOtpInput = {
  /** Destination of the code. Generated types of it accept exactly one of `email` and `phone`. */
  destination?: InputMaybe<OtpDestinationInput>;
  /** E-mail address of the account. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Phone number with country code, in any common format. */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** Purpose of the code. */
  purpose?: OtpPurpose;
};

/** Result of `requestOtp`. It does not reveal whether the account exists. */
export type RequestOtpPayload = {
  __typename?: 'RequestOtpPayload';
  /** Challenge id for `verifyOtp`. */
  challengeId: Scalars['ID']['output'];
  /** Channel of the code. */
  channel: OtpChannel;
  /** Masked destination, such as u***@example.com or +44•••••••456. */
  destination: Scalars['String']['output'];
  /** Seconds until the code expires. */
  expiresIn: Scalars['Int']['output'];
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `OTP_SENT_SUCCESSFULLY`. */
  messageKey: Scalars['String']['output'];
  /** The code, if the setting `OTP_EXPOSE_CODE` is on. Null in production. */
  otpCode?: Maybe<Scalars['String']['output']>;
  /** Seconds until another code can be requested. */
  resendAvailableIn: Scalars['Int']['output'];
};

/** Input of `resetPassword`. */
export type ResetPasswordInput = {
  /** Code of the authenticator app, or a recovery code. Required if `mfaMethods` of the grant is not empty. */
  mfaCode?: InputMaybe<Scalars['String']['input']>;
  /** New password, as in `ChangePasswordInput`. */
  newPassword: Scalars['String']['input'];
  /** Reset token from `verifyOtp(purpose: RESET_PASSWORD)`. */
  resetToken: Scalars['String']['input'];
};

/** Result of `revokeApiKey`. */
export type RevokeApiKeyPayload = {
  __typename?: 'RevokeApiKeyPayload';
  /** Public id of the revoked key. */
  apiKeyId: Scalars['ID']['output'];
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `API_KEY_REVOKED`. */
  messageKey: Scalars['String']['output'];
};

/** Result of `revokeOtherSessions`. */
export type RevokeOtherSessionsPayload = {
  __typename?: 'RevokeOtherSessionsPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `OTHER_SESSIONS_REVOKED`. */
  messageKey: Scalars['String']['output'];
  /** Number of sessions that were ended. */
  revokedSessions: Scalars['Int']['output'];
};

/** Result of `revokeSession`. */
export type RevokeSessionPayload = {
  __typename?: 'RevokeSessionPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `SESSION_REVOKED`. */
  messageKey: Scalars['String']['output'];
  /** Id of the ended session. */
  sessionId: Scalars['ID']['output'];
};

/** Status of the second factor of an account. */
export type SecondFactorStatus = {
  __typename?: 'SecondFactorStatus';
  /** Number of unused recovery codes. */
  recoveryCodesLeft: Scalars['Int']['output'];
  /** Whether sign-ins require a code of an authenticator app. */
  totpEnabled: Scalars['Boolean']['output'];
  /** Time of `confirmTotp`. Null if the second factor is off. */
  totpEnabledAt?: Maybe<Scalars['DateTime']['output']>;
};

/** Session of an account. */
export type Session = Node & {
  __typename?: 'Session';
  /** Time of sign-in. */
  createdAt: Scalars['DateTime']['output'];
  /** Whether it is the session of the caller. */
  current: Scalars['Boolean']['output'];
  /** Device name from `User-Agent`, such as `Firefox on Linux`. */
  device?: Maybe<Scalars['String']['output']>;
  /** Time at which the session expires without a refresh. */
  expiresAt: Scalars['DateTime']['output'];
  /** Session id. It is not a secret. */
  id: Scalars['ID']['output'];
  /** IP address at sign-in. Its last part is masked and is not stored. */
  ipAddress?: Maybe<Scalars['String']['output']>;
  /** Time of the last refresh. */
  lastUsedAt: Scalars['DateTime']['output'];
  /** Authentication methods of the sign-in: `pwd`, `otp` (code by e-mail), `sms`, `totp`, `recovery` (recovery code). */
  methods: Array<Scalars['String']['output']>;
  /** `User-Agent` at sign-in. */
  userAgent?: Maybe<Scalars['String']['output']>;
};

/** Reason for the end of a session. */
export type SessionEndReason =
  /** The account exceeded its number of sessions, and this was the oldest one. */
  | 'EVICTED'
  /** Expiry. */
  | 'EXPIRED'
  /** Sign-out. */
  | 'LOGOUT'
  /** Sign-out of all sessions of the account. */
  | 'LOGOUT_EVERYWHERE'
  /** Password change or reset. */
  | 'PASSWORD_CHANGED'
  /** Reuse of an old refresh token, which is treated as theft. */
  | 'REUSED'
  /** Revoked by another session of the account. */
  | 'REVOKED'
  /** The account was suspended. */
  | 'SUSPENDED';

/** Event of the caller’s session. It completes the subscription. */
export type SessionEvent = {
  __typename?: 'SessionEvent';
  /** Kind of the event. */
  kind: SessionEventKind;
  /** Reason for the end. Null if the session is active. */
  reason?: Maybe<SessionEndReason>;
  /** Session id. */
  sessionId: Scalars['ID']['output'];
};

/** Kind of a session event. */
export type SessionEventKind =
  /** The session has ended. Sign in again. */
  | 'ENDED'
  /** The access token of the subscription has expired; the session is active. Refresh, and subscribe with the new token. */
  | 'TOKEN_EXPIRED';

export type Subscription = {
  __typename?: 'Subscription';
  /** Sends one event when the caller’s session or access token ends, and completes. Over WebSocket (`graphql-transport-ws`) at the same URL, with the token as `authorization` in the payload of `connection_init`, or over server-sent events (`graphql-sse`) with the token in the `Authorization` header. Requires sign-in. */
  sessionEvents: SessionEvent;
};

/** Result of `issueToken`. There is no refresh token. */
export type TokenPayload = {
  __typename?: 'TokenPayload';
  /** Access token (JWT, RFC 9068) of the account, limited to `scopes`. */
  accessToken: Scalars['String']['output'];
  /** Time of expiry, by the clock of the server. */
  expiresAt: Scalars['DateTime']['output'];
  /** Lifetime of the access token in seconds. */
  expiresIn: Scalars['Int']['output'];
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `TOKEN_ISSUED`. */
  messageKey: Scalars['String']['output'];
  /** Scopes of the token. */
  scopes: Array<Scalars['String']['output']>;
  /** Authorization scheme of the access token: `Bearer`. */
  tokenType: Scalars['String']['output'];
};

/** Secret for an authenticator app. It is returned once. */
export type TotpEnrollment = {
  __typename?: 'TotpEnrollment';
  /** Seconds until the enrollment expires. */
  expiresIn: Scalars['Int']['output'];
  /** Shared secret as an `otpauth://` URI, for a link on the phone. */
  otpauthUri: Scalars['String']['output'];
  /** QR code of the URI: an SVG image in a `data:` URI. */
  qrCode: Scalars['String']['output'];
  /** Shared secret in base32, for manual entry. */
  secret: Scalars['String']['output'];
};

/** Result of `undoChange`. It does not sign in: reset the password next. */
export type UndoChangePayload = {
  __typename?: 'UndoChangePayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `CHANGE_UNDONE`. */
  messageKey: Scalars['String']['output'];
  /** Number of sessions that were ended. */
  revokedSessions: Scalars['Int']['output'];
  /** Channels whose address could not be restored, because it belongs to another account now. Usually empty. */
  takenContacts: Array<OtpChannel>;
};

/** Input of `updatePost`. Omitted fields are not changed. */
export type UpdatePostInput = {
  /** Content in Markdown, 1 to 20000 characters. */
  content?: InputMaybe<Scalars['String']['input']>;
  /** `updatedAt` of the version that the caller has read. If the post has another one, nothing is changed and the error is `CONFLICT`, with the current version in `extensions.current`. Without it, the last change wins. */
  expectedUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Whether the post is published. False: a draft. */
  published?: InputMaybe<Scalars['Boolean']['input']>;
  /** Title, plain text, 1 to 200 characters. */
  title?: InputMaybe<Scalars['String']['input']>;
};

/** An account. */
export type User = Node & {
  __typename?: 'User';
  /** Time of registration. */
  createdAt: Scalars['DateTime']['output'];
  /** E-mail address in canonical form. Null for other accounts. */
  email?: Maybe<Scalars['String']['output']>;
  /** Whether the e-mail address is verified. False for other accounts. */
  emailVerified: Scalars['Boolean']['output'];
  /** Full name, as it was entered. */
  fullName?: Maybe<Scalars['String']['output']>;
  /** Whether the account has a password. Without one it signs in by code, and `RESET_PASSWORD` sets one. False for other accounts. */
  hasPassword: Scalars['Boolean']['output'];
  /** Account id. */
  id: Scalars['ID']['output'];
  /** Phone number in E.164 format. Null for other accounts. */
  phone?: Maybe<Scalars['String']['output']>;
  /** Whether the phone number is verified. False for other accounts. */
  phoneVerified: Scalars['Boolean']['output'];
  /** Names of roles. Empty for other accounts. */
  roles: Array<Scalars['String']['output']>;
  /** Status of the account. */
  status: UserStatus;
};

/** Status of an account. */
export type UserStatus =
  /** Can sign in. */
  | 'ACTIVE'
  /** Registered, but the address is not verified. Cannot sign in. */
  | 'PENDING'
  /** Suspended by an operator. Cannot sign in, and has no sessions. */
  | 'SUSPENDED';

/** Result of `verifyEmail`. The e-mail address is verified. */
export type VerifyEmailPayload = {
  __typename?: 'VerifyEmailPayload';
  /** Text of `messageKey`, in the language negotiated from `Accept-Language`. */
  message: Scalars['String']['output'];
  /** Key of the text in `message`: `EMAIL_VERIFIED_SUCCESSFULLY`. */
  messageKey: Scalars['String']['output'];
  /** Result of the sign-in. Null if none was requested. */
  signIn?: Maybe<LoginResult>;
  /** The account. Without a complete sign-in: its e-mail address, but no name, phone number or roles. */
  user: User;
};

/** Input of `verifyMfa`. */
export type VerifyMfaInput = {
  /** Challenge id from `MfaChallenge`. */
  challengeId: Scalars['ID']['input'];
  /** Six-digit code of the app, or a recovery code. Spaces, dashes and case are ignored. */
  code: Scalars['String']['input'];
};

/** Input of `verifyOtp`: a code, and exactly one of `reference`, `challengeId`, `email` and `phone`. */
export type VerifyOtpInput = {
  /** Challenge id of the code, from the payload of the mutation that sent it. */
  challengeId?: InputMaybe<Scalars['ID']['input']>;
  /** The code, including leading zeros. Spaces and dashes are ignored. */
  code: Scalars['String']['input'];
  /** E-mail address that the code was sent to. Attempts by address are limited separately. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Phone number that the code was sent to. Attempts by number are limited separately. */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** Purpose that the code was requested for. */
  purpose?: OtpPurpose;
  /** What names the code. Generated types of it accept exactly one of `challengeId`, `email` and `phone`. */
  reference?: InputMaybe<OtpReferenceInput>;
};

/** Result of a correct code, by its purpose. */
export type VerifyOtpResult = AuthPayload | MfaChallenge | PasswordResetGrant | PhoneVerified;
