import {
  createLazyQueryHook,
  createMutationHook,
  createQueryHook,
  createSubscriptionHook,
  createSuspenseQueryHook,
} from '../hooks/apollo-hooks.ts';
import {
  ApiKeysDocument,
  ChangePasswordDocument,
  ConfirmTotpDocument,
  CreateApiKeyDocument,
  CreatePostDocument,
  DeletePostDocument,
  DisableTotpDocument,
  EnrollTotpDocument,
  IssueTokenDocument,
  LoginDocument,
  LogoutDocument,
  MeDocument,
  MyAuditEventsDocument,
  MySecondFactorDocument,
  NodeDocument,
  PostDocument,
  PostsDocument,
  RefreshDocument,
  RegenerateRecoveryCodesDocument,
  RegisterDocument,
  RegisterPhoneDocument,
  RemovePhoneDocument,
  RequestOtpDocument,
  ResetPasswordDocument,
  RevokeApiKeyDocument,
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
  SessionEventsDocument,
  SessionsDocument,
  UndoChangeDocument,
  UpdatePostDocument,
  VerifyEmailDocument,
  VerifyMfaDocument,
  VerifyOtpDocument,
  VerifyResetOtpDocument,
} from './graphql.ts';
/** `mutation Register`. Registers an account and sends a code to its e-mail address. The response does not reveal whether the account exists. */
export const useRegisterMutation = /* @__PURE__ */ createMutationHook(RegisterDocument);

/** `mutation RequestOtp`. Sends a one-time code, which replaces the one that the same client requested before. The response does not reveal whether the account exists. */
export const useRequestOtpMutation = /* @__PURE__ */ createMutationHook(RequestOtpDocument);

/** `mutation RegisterPhone`. Registers an account that signs in by text message, and sends a code to its phone number. The response does not reveal whether the account exists. */
export const useRegisterPhoneMutation = /* @__PURE__ */ createMutationHook(RegisterPhoneDocument);

/** `mutation VerifyOtp`. Verifies a one-time code, which can be used once. Signs in, sets the phone number of a signed-in caller (`VERIFY_PHONE`), or returns a reset token (`RESET_PASSWORD`). */
export const useVerifyOtpMutation = /* @__PURE__ */ createMutationHook(VerifyOtpDocument);

/** `mutation VerifyEmail`. Verifies an e-mail address with the link of a message, like the code of the message. `TOKEN_INVALID` if the link is unknown, used, replaced or expired; its `extensions.reason` is `ALREADY_VERIFIED` if the address is verified. */
export const useVerifyEmailMutation = /* @__PURE__ */ createMutationHook(VerifyEmailDocument);

/** `mutation Login`. Signs in by password. Every failure has the same code, `INVALID_CREDENTIALS`. */
export const useLoginMutation = /* @__PURE__ */ createMutationHook(LoginDocument);

/** `mutation RemovePhone`. Removes the phone number of the caller’s account. Codes that were sent to it end. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `LAST_CONTACT` if the account has no other verified contact, `CONFLICT` if it has no number. Requires sign-in. */
export const useRemovePhoneMutation = /* @__PURE__ */ createMutationHook(RemovePhoneDocument);

/** `query Me`. The account of the caller. Requires sign-in. */
export const useMeQuery = /* @__PURE__ */ createQueryHook(MeDocument);

/** `query Me`, with suspense. The account of the caller. Requires sign-in. */
export const useMeSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(MeDocument);

/** `query Me`, sent when it is called. The account of the caller. Requires sign-in. */
export const useMeLazyQuery = /* @__PURE__ */ createLazyQueryHook(MeDocument);

/** `query MyAuditEvents`. Security events of the caller’s account, newest first. An event is listed within a second. Requires sign-in. */
export const useMyAuditEventsQuery = /* @__PURE__ */ createQueryHook(MyAuditEventsDocument);

/** `query MyAuditEvents`, with suspense. Security events of the caller’s account, newest first. An event is listed within a second. Requires sign-in. */
export const useMyAuditEventsSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(MyAuditEventsDocument);

/** `query MyAuditEvents`, sent when it is called. Security events of the caller’s account, newest first. An event is listed within a second. Requires sign-in. */
export const useMyAuditEventsLazyQuery = /* @__PURE__ */ createLazyQueryHook(MyAuditEventsDocument);

/** `mutation UndoChange`. Undoes a change of an account, and all later ones, with the token of the link in its notification, and ends all sessions. `PROOF_REQUIRED` if a second factor would be removed or replaced: then the password from before the change is required, or a device that was known before it. */
export const useUndoChangeMutation = /* @__PURE__ */ createMutationHook(UndoChangeDocument);

/** `query ApiKeys`. API keys of the caller’s account, ended ones included: active ones first, then the newest. Requires sign-in. */
export const useApiKeysQuery = /* @__PURE__ */ createQueryHook(ApiKeysDocument);

/** `query ApiKeys`, with suspense. API keys of the caller’s account, ended ones included: active ones first, then the newest. Requires sign-in. */
export const useApiKeysSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(ApiKeysDocument);

/** `query ApiKeys`, sent when it is called. API keys of the caller’s account, ended ones included: active ones first, then the newest. Requires sign-in. */
export const useApiKeysLazyQuery = /* @__PURE__ */ createLazyQueryHook(ApiKeysDocument);

/** `mutation CreateApiKey`. Creates an API key. Its secret is shown once. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `QUOTA_EXCEEDED` if the account has no room for another key. Requires sign-in. */
export const useCreateApiKeyMutation = /* @__PURE__ */ createMutationHook(CreateApiKeyDocument);

/** `mutation RevokeApiKey`. Revokes an API key. Its tokens are rejected from then on. `NOT_FOUND` for keys of other accounts. Requires sign-in. */
export const useRevokeApiKeyMutation = /* @__PURE__ */ createMutationHook(RevokeApiKeyDocument);

/** `mutation IssueToken`. Exchanges an API key and its secret for an access token. `INVALID_CREDENTIALS` if the key is unknown, has another secret, was revoked or has expired, or if its account is not active. */
export const useIssueTokenMutation = /* @__PURE__ */ createMutationHook(IssueTokenDocument);

/** `mutation VerifyMfa`. Completes a sign-in with a code of the second factor. `MFA_INVALID` contains the number of attempts left; with none left, sign in again. */
export const useVerifyMfaMutation = /* @__PURE__ */ createMutationHook(VerifyMfaDocument);

/** `mutation EnrollTotp`. Creates a secret for an authenticator app, which `confirmTotp` activates. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `CONFLICT` if an app is already active. Requires sign-in. */
export const useEnrollTotpMutation = /* @__PURE__ */ createMutationHook(EnrollTotpDocument);

/** `mutation ConfirmTotp`. Activates the app with its first code. Sign-ins require a code from then on. `CONFLICT` without an enrollment. Requires sign-in. */
export const useConfirmTotpMutation = /* @__PURE__ */ createMutationHook(ConfirmTotpDocument);

/** `mutation DisableTotp`. Removes the app and the recovery codes. `CONFLICT` if no app is active. Requires sign-in. */
export const useDisableTotpMutation = /* @__PURE__ */ createMutationHook(DisableTotpDocument);

/** `mutation RegenerateRecoveryCodes`. Replaces all recovery codes. `CONFLICT` if no app is active. Requires sign-in. */
export const useRegenerateRecoveryCodesMutation = /* @__PURE__ */ createMutationHook(RegenerateRecoveryCodesDocument);

/** `query MySecondFactor`. Status of the second factor of the caller’s account. Requires sign-in. */
export const useMySecondFactorQuery = /* @__PURE__ */ createQueryHook(MySecondFactorDocument);

/** `query MySecondFactor`, with suspense. Status of the second factor of the caller’s account. Requires sign-in. */
export const useMySecondFactorSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(MySecondFactorDocument);

/** `query MySecondFactor`, sent when it is called. Status of the second factor of the caller’s account. Requires sign-in. */
export const useMySecondFactorLazyQuery = /* @__PURE__ */ createLazyQueryHook(MySecondFactorDocument);

/** `query Node`. Object by id (Relay): a post, a session of the caller, the account of the caller, or that of the author of a post. Null if the caller can read none with this id. Requires sign-in. */
export const useNodeQuery = /* @__PURE__ */ createQueryHook(NodeDocument);

/** `query Node`, with suspense. Object by id (Relay): a post, a session of the caller, the account of the caller, or that of the author of a post. Null if the caller can read none with this id. Requires sign-in. */
export const useNodeSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(NodeDocument);

/** `query Node`, sent when it is called. Object by id (Relay): a post, a session of the caller, the account of the caller, or that of the author of a post. Null if the caller can read none with this id. Requires sign-in. */
export const useNodeLazyQuery = /* @__PURE__ */ createLazyQueryHook(NodeDocument);

/** `mutation VerifyResetOtp`. Verifies a one-time code, which can be used once. Signs in, sets the phone number of a signed-in caller (`VERIFY_PHONE`), or returns a reset token (`RESET_PASSWORD`). */
export const useVerifyResetOtpMutation = /* @__PURE__ */ createMutationHook(VerifyResetOtpDocument);

/** `mutation ChangePassword`. Changes the caller’s password and ends all other sessions. An account without a password sets its first with `resetPassword`. Requires sign-in. */
export const useChangePasswordMutation = /* @__PURE__ */ createMutationHook(ChangePasswordDocument);

/** `mutation ResetPassword`. Sets a password with the reset token of `verifyOtp(purpose: RESET_PASSWORD)`, ends all sessions of the account and signs in. A rejected password does not use up the token. */
export const useResetPasswordMutation = /* @__PURE__ */ createMutationHook(ResetPasswordDocument);

/** `query Posts`. Posts that the caller can read: published posts, and drafts of the caller; an account with the role `ADMIN` reads all drafts. Requires sign-in. */
export const usePostsQuery = /* @__PURE__ */ createQueryHook(PostsDocument);

/** `query Posts`, with suspense. Posts that the caller can read: published posts, and drafts of the caller; an account with the role `ADMIN` reads all drafts. Requires sign-in. */
export const usePostsSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(PostsDocument);

/** `query Posts`, sent when it is called. Posts that the caller can read: published posts, and drafts of the caller; an account with the role `ADMIN` reads all drafts. Requires sign-in. */
export const usePostsLazyQuery = /* @__PURE__ */ createLazyQueryHook(PostsDocument);

/** `query Post`. Post by id. `NOT_FOUND` if it does not exist or is a draft that the caller cannot read. Requires sign-in. */
export const usePostQuery = /* @__PURE__ */ createQueryHook(PostDocument);

/** `query Post`, with suspense. Post by id. `NOT_FOUND` if it does not exist or is a draft that the caller cannot read. Requires sign-in. */
export const usePostSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(PostDocument);

/** `query Post`, sent when it is called. Post by id. `NOT_FOUND` if it does not exist or is a draft that the caller cannot read. Requires sign-in. */
export const usePostLazyQuery = /* @__PURE__ */ createLazyQueryHook(PostDocument);

/** `mutation CreatePost`. Creates a post of the caller. `QUOTA_EXCEEDED` if the account has no room for it. Requires sign-in. */
export const useCreatePostMutation = /* @__PURE__ */ createMutationHook(CreatePostDocument);

/** `mutation UpdatePost`. Changes a post. `NOT_FOUND` if the caller is neither its author nor has the role `ADMIN`, `CONFLICT` if it does not have `expectedUpdatedAt`, `QUOTA_EXCEEDED` if its author has no room for a larger post. Requires sign-in. */
export const useUpdatePostMutation = /* @__PURE__ */ createMutationHook(UpdatePostDocument);

/** `mutation DeletePost`. Deletes a post. `NOT_FOUND` if the caller is neither its author nor has the role `ADMIN`, `CONFLICT` if it does not have `expectedUpdatedAt`. Requires sign-in. */
export const useDeletePostMutation = /* @__PURE__ */ createMutationHook(DeletePostDocument);

/** `mutation Refresh`. Exchanges a refresh token for new tokens. The previous token returns the same successor for a short time; an older token ends the session. */
export const useRefreshMutation = /* @__PURE__ */ createMutationHook(RefreshDocument);

/** `mutation Logout`. Signs out. The tokens of the ended sessions are rejected from then on. Without a valid token it succeeds and changes nothing. */
export const useLogoutMutation = /* @__PURE__ */ createMutationHook(LogoutDocument);

/** `query Sessions`. Active sessions of the caller’s account, newest first. Requires sign-in. */
export const useSessionsQuery = /* @__PURE__ */ createQueryHook(SessionsDocument);

/** `query Sessions`, with suspense. Active sessions of the caller’s account, newest first. Requires sign-in. */
export const useSessionsSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(SessionsDocument);

/** `query Sessions`, sent when it is called. Active sessions of the caller’s account, newest first. Requires sign-in. */
export const useSessionsLazyQuery = /* @__PURE__ */ createLazyQueryHook(SessionsDocument);

/** `mutation RevokeSession`. Ends a session of the caller’s account. `NOT_FOUND` for sessions of other accounts. Requires sign-in. */
export const useRevokeSessionMutation = /* @__PURE__ */ createMutationHook(RevokeSessionDocument);

/** `mutation RevokeOtherSessions`. Ends all sessions of the caller’s account except the current one. Requires sign-in. */
export const useRevokeOtherSessionsMutation = /* @__PURE__ */ createMutationHook(RevokeOtherSessionsDocument);

/** `subscription SessionEvents`. Sends one event when the caller’s session or access token ends, and completes. Over WebSocket (`graphql-transport-ws`) at the same URL, with the token as `authorization` in the payload of `connection_init`, or over server-sent events (`graphql-sse`) with the token in the `Authorization` header. Requires sign-in. */
export const useSessionEventsSubscription = /* @__PURE__ */ createSubscriptionHook(SessionEventsDocument);
