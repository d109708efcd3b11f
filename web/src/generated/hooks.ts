import {
  createLazyQueryHook,
  createMutationHook,
  createQueryHook,
  createSuspenseQueryHook,
} from 'graphql-auth-gateway-client/react/apollo';
import {
  ApiKeysDocument,
  ChangePasswordDocument,
  ConfirmTotpDocument,
  CreateApiKeyDocument,
  CreatePostDocument,
  DeletePostDocument,
  DisableTotpDocument,
  EnrollTotpDocument,
  PostDocument,
  PostsDocument,
  ProfileDocument,
  RegenerateRecoveryCodesDocument,
  RevokeApiKeyDocument,
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
  SecondFactorDocument,
  SecurityEventsDocument,
  SessionsDocument,
  UpdatePostDocument,
} from './graphql.ts';
/** `query Profile`. The account of the caller. Requires sign-in. */
export const useProfileQuery = /* @__PURE__ */ createQueryHook(ProfileDocument);

/** `query Profile`, with suspense. The account of the caller. Requires sign-in. */
export const useProfileSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(ProfileDocument);

/** `query Profile`, sent when it is called. The account of the caller. Requires sign-in. */
export const useProfileLazyQuery = /* @__PURE__ */ createLazyQueryHook(ProfileDocument);

/** `query SecondFactor`. Status of the second factor of the caller’s account. Requires sign-in. */
export const useSecondFactorQuery = /* @__PURE__ */ createQueryHook(SecondFactorDocument);

/** `query SecondFactor`, with suspense. Status of the second factor of the caller’s account. Requires sign-in. */
export const useSecondFactorSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(SecondFactorDocument);

/** `query SecondFactor`, sent when it is called. Status of the second factor of the caller’s account. Requires sign-in. */
export const useSecondFactorLazyQuery = /* @__PURE__ */ createLazyQueryHook(SecondFactorDocument);

/** `mutation EnrollTotp`. Creates a secret for an authenticator app, which `confirmTotp` activates. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `CONFLICT` if an app is already active. Requires sign-in. */
export const useEnrollTotpMutation = /* @__PURE__ */ createMutationHook(EnrollTotpDocument);

/** `mutation ConfirmTotp`. Activates the app with its first code. Sign-ins require a code from then on. `CONFLICT` without an enrollment. Requires sign-in. */
export const useConfirmTotpMutation = /* @__PURE__ */ createMutationHook(ConfirmTotpDocument);

/** `mutation DisableTotp`. Removes the app and the recovery codes. `CONFLICT` if no app is active. Requires sign-in. */
export const useDisableTotpMutation = /* @__PURE__ */ createMutationHook(DisableTotpDocument);

/** `mutation RegenerateRecoveryCodes`. Replaces all recovery codes. `CONFLICT` if no app is active. Requires sign-in. */
export const useRegenerateRecoveryCodesMutation = /* @__PURE__ */ createMutationHook(RegenerateRecoveryCodesDocument);

/** `mutation ChangePassword`. Changes the caller’s password and ends all other sessions. An account without a password sets its first with `resetPassword`. Requires sign-in. */
export const useChangePasswordMutation = /* @__PURE__ */ createMutationHook(ChangePasswordDocument);

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

/** `query SecurityEvents`. Security events of the caller’s account, newest first. An event is listed within a second. Requires sign-in. */
export const useSecurityEventsQuery = /* @__PURE__ */ createQueryHook(SecurityEventsDocument);

/** `query SecurityEvents`, with suspense. Security events of the caller’s account, newest first. An event is listed within a second. Requires sign-in. */
export const useSecurityEventsSuspenseQuery = /* @__PURE__ */ createSuspenseQueryHook(SecurityEventsDocument);

/** `query SecurityEvents`, sent when it is called. Security events of the caller’s account, newest first. An event is listed within a second. Requires sign-in. */
export const useSecurityEventsLazyQuery = /* @__PURE__ */ createLazyQueryHook(SecurityEventsDocument);

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
