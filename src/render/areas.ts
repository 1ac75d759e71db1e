import type { Step } from '../core/plan.ts'

/** The two worlds of a plan. */
export type Area = 'Google Cloud' | 'Kubernetes and Helm'

/** In the order in which they are shown. */
export const areas: readonly Area[] = ['Google Cloud', 'Kubernetes and Helm']

const inCluster: ReadonlySet<string> = new Set(['namespace', 'kubernetes-secret', 'release', 'manifest'])

/** Where a kind lives. */
export const areaOf = ({ kind }: Pick<Step, 'kind'>): Area =>
  inCluster.has(kind) ? 'Kubernetes and Helm' : 'Google Cloud'

const holders: ReadonlySet<string> = new Set([
  'sql-instance',
  'sql-database',
  'secret',
  'namespace',
  'cluster',
  'disk',
  'bucket',
])

/** True for kinds whose removal loses what they hold. */
export const holdsData = ({ kind }: Pick<Step, 'kind'>): boolean => holders.has(kind)
