import { reportUnavailable } from './unavailable-responses.ts'

reportUnavailable()
