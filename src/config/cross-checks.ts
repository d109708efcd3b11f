import { GROUPS, type SettingValues } from './settings.ts'

/** Problems of settings that are valid one by one and contradict each other. Each begins with a variable. */
export function findConflicts(values: SettingValues, now: number): string[] {
  return Object.values(GROUPS)
    .flatMap(({ crossChecks }) => crossChecks(values, now))
    .filter(([isViolated]) => isViolated)
    .map(([, problem]) => problem)
}
