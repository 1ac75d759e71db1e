import { describe, expect, test } from '@jest/globals'
import type { RequestEntry } from '../../src/emulator/requests.ts'
import { granting, labs } from '../support/labs.ts'
import { startProject } from '../support/project.ts'

/** Requests by API method. */
const counted = (requests: readonly RequestEntry[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(requests, ({ method = '' }) => method)].map(([method, all]) => [method, all.length]),
  )

/** What a pull request over so many applied environments asks; it finds nothing to do. */
const asked = async (count: number): Promise<Readonly<Record<string, number>>> => {
  const project = await startProject(labs(count))
  try {
    await project.apply()
    project.requests()
    const plans = await project.plan()
    expect(plans.map(({ steps, problems }) => [steps, problems])).toEqual(plans.map(() => [[], []]))
    expect(plans).toHaveLength(count)
    return counted(project.requests())
  } finally {
    await project.close()
  }
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, one) => total + one, 0)

/** What is listed of a project as a whole, and its one policy. */
const ofProject = [
  'serviceusage.services.list',
  'iam.projects.serviceAccounts.list',
  'container.projects.locations.clusters.list',
  'compute.addresses.aggregatedList',
  'sql.instances.list',
  'secretmanager.projects.secrets.list',
  'cloudresourcemanager.projects.getIamPolicy',
]

describe('calls of a plan that finds nothing to do', () => {
  test('one environment: at most 15; each further one of its project adds only what is its own', async () => {
    const [one, four] = [await asked(1), await asked(4)]
    expect(sum(one)).toBeLessThanOrEqual(15)
    for (const method of ofProject) expect([method, one[method], four[method]]).toEqual([method, 1, 1])
    expect(sum(four)).toBe(sum(one) + 3 * (sum(one) - ofProject.length))
  })
})

describe('calls of 175 grants on one project', () => {
  test('one read of the policy to plan, one write to give them all', async () => {
    const project = await startProject([granting(175)])
    try {
      await project.apply()
      const applied = counted(project.requests())
      expect(applied['cloudresourcemanager.projects.setIamPolicy']).toBe(1)
      const [plan] = await project.plan()
      expect(plan?.steps).toEqual([])
      expect(plan?.unchanged).toBe(176)
      const planned = counted(project.requests())
      expect(planned['cloudresourcemanager.projects.getIamPolicy']).toBe(1)
      expect(planned['cloudresourcemanager.projects.setIamPolicy']).toBeUndefined()
    } finally {
      await project.close()
    }
  })
})
