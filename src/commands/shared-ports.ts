import type { PlanningPorts } from '../kinds/kind.ts'
import type { Workbench } from './workbench.ts'

/** Ports for each project, made once: what one environment has listed, the others of its project need not list again. */
export const sharedPorts = ({ planning }: Pick<Workbench, 'planning'>): Workbench['planning'] => {
  const known = new Map<string, PlanningPorts>()
  return project => {
    const ports = known.get(project) ?? planning(project)
    known.set(project, ports)
    return ports
  }
}
