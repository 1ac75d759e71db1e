import { labs } from '../__tests__/support/labs.ts'
import { startProject } from '../__tests__/support/project.ts'
import type { RequestEntry } from '../src/emulator/requests.ts'
import type { Measurement, Row } from './measure.ts'

/** Requests to Google of one pull request over 1, 10 and 100 applied environments of one project. */
export const calls: Measurement = {
  name: 'calls',
  rows: async () => {
    const rows: Row[] = []
    for (const count of [1, 10, 100]) {
      const requests = await asked(count)
      const perProject = onceIn(requests)
      rows.push({
        what: `no-op plan of ${count} ${count === 1 ? 'environment' : 'environments'}`,
        value: `${requests.length} calls`,
        against: `${perProject} for the project, ${(requests.length - perProject) / count} for each environment`,
        ...(count === 1 ? { aim: '≤ 15' } : {}),
      })
    }
    return rows
  },
}

const asked = async (count: number): Promise<readonly RequestEntry[]> => {
  const project = await startProject(labs(count))
  await project.apply()
  project.requests()
  const plans = await project.plan()
  if (plans.some(({ steps }) => steps.length > 0)) throw new Error('there is something left to do')
  const requests = project.requests()
  await project.close()
  return requests
}

/** Those about the project as a whole: lists of everything, and its policy. */
const onceIn = (requests: readonly RequestEntry[]): number =>
  requests.filter(
    ({ method = '' }) =>
      (/\.(aggregatedList|list)$/.test(method) && !/\.(databases|users|versions)\./.test(method)) ||
      method === 'cloudresourcemanager.projects.getIamPolicy',
  ).length
