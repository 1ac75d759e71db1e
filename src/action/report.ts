import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Report } from '../core/hosting.ts'
import { SlipwayError } from '../core/problem.ts'
import { withOutcomes } from './outcome-comment.ts'
import { showError } from './runner.ts'
import type { Session } from './session.ts'

const reportSchema = z.object({
  environment: z.string(),
  pulls: z.array(z.number().int().positive()),
  body: z.string(),
  refused: z.string().optional(),
})

/** Writes what became of the environments into the comments of the pull requests that brought it. */
export const comment = async (
  { hosting, runner, redactor }: Pick<Session, 'hosting' | 'runner' | 'redactor'>,
  reports: readonly Report[],
): Promise<void> => {
  const pulls = [...new Set(reports.flatMap(report => report.pulls))].sort((a, b) => a - b)
  for (const number of pulls) {
    const own = reports.filter(report => report.pulls.includes(number))
    // One that is locked, for example, is no reason to keep quiet on the others.
    await hosting
      .comment(number, body => redactor.scrub(withOutcomes(body, own)))
      .then(
        () => runner.say(`The outcome is in the comment on #${number}.`),
        error => showError(runner, error),
      )
  }
  if (pulls.length === 0) runner.say('No pull request brought this: the outcome is in the summaries.')
}

/** Reads the reports that the apply jobs left in a folder, and writes the comments. */
export const report = async (session: Session): Promise<void> => {
  const folder = session.inputs.reports
  if (folder === undefined)
    throw new SlipwayError('The command report needs the input reports, a folder of reports.')
  const reports = readReports(folder)
  if (reports.length === 0)
    return session.runner.say('No apply job has left a report: there is nothing to tell.')
  await comment(session, reports)
}

/** A folder that is not there holds no reports: no apply job came to its end, or to its beginning. */
const readReports = (folder: string): readonly Report[] =>
  (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => {
      const parsed = reportSchema.safeParse(JSON.parse(readFileSync(join(folder, name), 'utf8')))
      if (parsed.success) return parsed.data
      throw new SlipwayError(`${name} is not a report of an apply job.`)
    })
