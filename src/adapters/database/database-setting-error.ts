/** PostgreSQL cannot be used with these settings, however often it is tried. The message is one line. */
export class DatabaseSettingError extends Error {
  override readonly name = 'DatabaseSettingError'
}

/** PostgreSQL cannot be reached now. The message is one line. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError'
}
