import type { z } from 'zod'

/** One environment variable: how its value is parsed, and what the documentation says about it. */
export interface Setting {
  /**
   * Parses the text of the variable; undefined when it is not set. Its description lists the accepted values.
   */
  readonly type: z.ZodType
  /** Meaning, in Markdown. The accepted values, the unit and the default have fields of their own. */
  readonly doc: string
  /** Unit of a number. */
  readonly unit?: 'ms' | 's' | 'min' | 'h' | 'd' | 'KiB' | 'MiB' | '%'
  /** Default, in Markdown, where it is not a constant of `type`. */
  readonly fallback?: string
  /** The value is a secret or may contain one: a file that holds it must not be world-readable. */
  readonly secret?: true
  /**
   * The setting is read only where one of these is set: container platforms inject variables of the same
   * name.
   */
  readonly onlyWith?: readonly string[]
  /**
   * The value is a path, and `type` parses what is there: a file as a text or as bytes, or the texts of a
   * folder (`FolderFiles`).
   */
  readonly isPath?: 'text' | 'bytes' | 'folder'
}

/** Settings by the name of their environment variable. */
export type Settings = Readonly<Record<string, Setting>>

/** Parsed values of settings, before the cross-checks. */
export type ValuesOf<Declared extends Settings> = {
  readonly [Name in keyof Declared]: z.output<Declared[Name]['type']>
}

/** A rule about several settings: whether it is violated, and the problem, which begins with a variable. */
export type CrossCheck = readonly [isViolated: boolean, problem: string]

/**
 * One group of settings. `Values` are the parsed values that the group reads: its own and those of the groups
 * that it depends on. `Part` is the member of `Config` that it makes.
 */
export interface SettingGroup<Values, Part> {
  /** Heading of the group in `docs/configuration.md`. */
  readonly title: string
  readonly settings: Settings
  /** Values that the cross-checks have accepted, as the rest of the program uses them. */
  readonly toConfig: (values: Values) => Part
  /** `now`: milliseconds since the epoch, for what expires. */
  readonly crossChecks: (values: Values, now: number) => readonly CrossCheck[]
}
