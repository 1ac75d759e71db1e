import type { JsonObject } from '../../../core/json.ts'
import type { Address, Observed, Present } from '../../../core/resource.ts'
import { unknown } from '../unseen.ts'
import { conditionsOf } from './operations.ts'

/** What the state of a cluster or a pool adds to what is seen of it. */
export type StateFacts = Pick<Present, 'settling' | 'about'>

const leavingOf = ({ mark }: Present): Pick<Present, 'mark'> => (mark === undefined ? {} : { mark })

/** What a live cluster or pool says by its state (container v1, Cluster.status and NodePool.status). */
export const seenInState = (
  address: Address,
  what: 'cluster' | 'pool',
  body: JsonObject,
  present: (facts: StateFacts) => Present,
): Observed => {
  switch (body.status) {
    case 'ERROR':
      return unknown(
        `${address} cannot be used: the ${what} is in state ERROR: ${conditionsOf(body)}`,
        `Deal with the reason; where the ${what} never came up, delete it in the Google Cloud console: the next run makes it anew.`,
      )
    case 'STOPPING':
      return {
        ...unknown(`${address} cannot be used: the ${what} is being deleted.`, 'Run again when it is gone.'),
        leaving: leavingOf(present({})),
      }
    case 'PROVISIONING':
      return present({ settling: 'being created' })
    case 'RECONCILING':
      return present({ settling: 'being changed' })
    case 'DEGRADED':
    case 'RUNNING_WITH_ERROR':
      return present({ about: `${body.status}: ${conditionsOf(body)}` })
    default:
      return present({})
  }
}
