import { granting } from '../__tests__/support/labs.ts'
import { startProject } from '../__tests__/support/project.ts'
import type { Measurement } from './measure.ts'

const count = 175

/** Reads and writes of a project's policy for very many grants. */
export const grants: Measurement = {
  name: 'grants',
  rows: async () => {
    const project = await startProject([granting(count)])
    await project.apply()
    const applied = policyCalls(project.requests())
    await project.plan()
    const planned = policyCalls(project.requests())
    await project.close()
    return [
      { what: `no-op plan of ${count} grants`, value: shown(planned), aim: '1 read, 0 writes' },
      {
        what: `apply that gives all ${count}, with its plan, its check and its second look`,
        value: shown(applied),
        aim: '≤ 1 write',
      },
    ]
  },
}

interface PolicyCalls {
  readonly reads: number
  readonly writes: number
}

const policyCalls = (requests: readonly { readonly method?: string }[]): PolicyCalls => {
  const having = (end: string) => requests.filter(({ method = '' }) => method.endsWith(end)).length
  return { reads: having('projects.getIamPolicy'), writes: having('setIamPolicy') }
}

const shown = ({ reads, writes }: PolicyCalls): string =>
  `${reads} ${reads === 1 ? 'read' : 'reads'}, ${writes} ${writes === 1 ? 'write' : 'writes'}`
