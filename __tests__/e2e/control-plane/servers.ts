import { type JsonObject, valueAt } from '../../../src/core/json.ts'
import { listIn, type Place, paths } from './looks.ts'

/** A pod that serves. */
export interface Server {
  readonly uid: string
  readonly images: readonly string[]
}

/** The pods of a namespace that are ready and not on their way out; a hook's pod serves nobody. */
export const servers = async ({ plane }: Place, namespace: string): Promise<readonly Server[]> =>
  (await plane.admin.items(paths.pods(namespace)))
    .filter(isServing)
    .map(pod => ({
      uid: String(valueAt(pod, ['metadata', 'uid'])),
      images: listIn(pod, 'spec', 'containers').map(({ image }) => String(image)),
    }))
    .toSorted((a, b) => a.uid.localeCompare(b.uid))

const isServing = (pod: JsonObject): boolean =>
  valueAt(pod, ['metadata', 'deletionTimestamp']) === undefined &&
  listIn(pod, 'metadata', 'ownerReferences').every(({ kind }) => kind !== 'Job') &&
  listIn(pod, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True')

/** What was seen of pods in the course of time. */
export interface Sampling {
  /** Ends it, and gives the fewest of the pods that served at any look. */
  stop(): Promise<number>
}

/** Looks four times a second which of these pods serve. */
export const startSampling = (place: Place, namespace: string, pods: readonly Server[]): Sampling => {
  const uids = new Set(pods.map(({ uid }) => uid))
  let [fewest, isOver] = [uids.size, false]
  const look = async (): Promise<void> => {
    const now = await servers(place, namespace)
    fewest = Math.min(fewest, now.filter(({ uid }) => uids.has(uid)).length)
  }
  const looking = (async () => {
    while (!isOver) {
      await look()
      await new Promise(done => setTimeout(done, 250))
    }
  })()
  looking.catch(() => undefined)
  return {
    stop: async () => {
      isOver = true
      await looking
      return fewest
    },
  }
}
