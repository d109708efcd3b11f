import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLInterfaceType,
  GraphQLString,
  type GraphQLNamedType,
} from 'graphql'
import { ERROR_REASONS } from '../../core/error-reasons.ts'
import { ERROR_CODES } from '../../core/errors.ts'
import { FIELD_ERROR_CODES } from '../../core/field-errors.ts'
import { REQUEST_CODES, REQUEST_REASONS } from '../../core/request-errors.ts'

// No field returns these types: errors are not part of the data. The schema contains them so that generated
// types have the codes and the shape of `extensions`. Shapes are interfaces, which no data can have.

const errorCode = buildEnum('ErrorCode', 'Value of `extensions.code` in errors. New values can be added.', {
  ...REQUEST_CODES,
  ...pickDescriptions(ERROR_CODES),
})

const errorReason = buildEnum(
  'ErrorReason',
  'Value of `extensions.reason` in errors: it refines the code. New values can be added.',
  { ...ERROR_REASONS, ...REQUEST_REASONS },
)

const fieldErrorCode = buildEnum(
  'FieldErrorCode',
  'Value of `fieldErrors[].code` in errors. New values can be added.',
  FIELD_ERROR_CODES,
)

const text = new GraphQLNonNull(GraphQLString)

const fieldError = new GraphQLInterfaceType({
  name: 'FieldError',
  description: 'Entry of `extensions.fieldErrors` in errors: one problem with one argument or variable.',
  fields: {
    path: {
      type: new GraphQLNonNull(new GraphQLList(text)),
      description: 'Path of the argument or variable, such as `["input", "email"]`.',
    },
    code: { type: new GraphQLNonNull(fieldErrorCode), description: 'Stable code for programs.' },
    message: { type: text, description: 'English text for developers, without the value.' },
  },
})

const postVersion = new GraphQLInterfaceType({
  name: 'PostVersion',
  description: '`extensions.current` of a `CONFLICT`: the post as it is now. Its fields are those of `Post`.',
  fields: {
    id: { type: new GraphQLNonNull(GraphQLID), description: 'Post id.' },
    title: { type: text, description: 'Title, plain text.' },
    content: { type: text, description: 'Content in Markdown.' },
    published: { type: new GraphQLNonNull(GraphQLBoolean), description: 'Whether the post is published.' },
    updatedAt: { type: text, description: 'Version of the post, for `expectedUpdatedAt`; ISO 8601 in UTC.' },
  },
})

const errorExtensions = new GraphQLInterfaceType({
  name: 'ErrorExtensions',
  description: 'Shape of `extensions` in errors. No field returns it: it is here for generated types.',
  fields: {
    code: { type: new GraphQLNonNull(errorCode), description: 'Stable code for programs.' },
    messageKey: { type: text, description: 'Key of `message`: the code, or the code and the reason.' },
    reason: { type: errorReason, description: 'What the code does not say alone.' },
    scope: {
      type: GraphQLString,
      description: '`FORBIDDEN` with `INSUFFICIENT_SCOPE`: the scope that the field requires.',
    },
    fieldErrors: {
      type: new GraphQLList(new GraphQLNonNull(fieldError)),
      description: '`BAD_USER_INPUT`: the problems of the arguments or variables.',
    },
    retryAfter: {
      type: GraphQLInt,
      description: '`RATE_LIMITED`, `SERVICE_UNAVAILABLE`: seconds until a retry can succeed.',
    },
    current: { type: postVersion, description: '`CONFLICT` with `OUTDATED_VERSION`: the post as it is now.' },
    limit: {
      type: GraphQLInt,
      description:
        '`RATE_LIMITED`: calls in a window. `QUOTA_EXCEEDED`: posts, bytes or API keys of the account.',
    },
    remaining: { type: GraphQLInt, description: '`RATE_LIMITED`: calls left in the window.' },
    resetAt: { type: GraphQLString, description: '`RATE_LIMITED`: end of the window, ISO 8601 in UTC.' },
    attemptsLeft: { type: GraphQLInt, description: 'Attempts left for a code or a password.' },
    errorId: {
      type: GraphQLString,
      description: '`INTERNAL_SERVER_ERROR`: id of the entry in the log.',
    },
  },
})

/** The types that describe errors. */
export const ERROR_TYPES: readonly GraphQLNamedType[] = [
  errorCode,
  errorReason,
  fieldErrorCode,
  fieldError,
  postVersion,
  errorExtensions,
]

function buildEnum(
  name: string,
  description: string,
  descriptions: Readonly<Record<string, string>>,
): GraphQLEnumType {
  const values = Object.entries(descriptions).map(([value, text]) => [value, { description: text }] as const)
  return new GraphQLEnumType({ name, description, values: Object.fromEntries(values) })
}

function pickDescriptions(
  table: Readonly<Record<string, { readonly description: string }>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(table).map(([code, { description }]) => [code, description]))
}
