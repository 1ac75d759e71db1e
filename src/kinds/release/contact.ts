import { HelmError } from '../../helm/port.ts'
import { KubernetesError } from '../../kubernetes/port.ts'
import { leaseName, leaseSeconds, leasesPath } from './lease-object.ts'
import type { Site } from './site.ts'

/** How long a server that forbids what it allowed before may have just been started, milliseconds. */
export const warmUp = 30_000
/** Longer than an API server is away when Google restarts it, milliseconds. */
const patience = 5 * 60_000
const pause = 3_000
/** How often in all helm may lose the API server and begin anew. */
export const mostLosses = 2

/**
 * A request that got no answer (Go's net/url.Error), or the answer of a server that is not itself (client-go, api/errors). Of what
 * it could not delete, helm does not say why.
 */
const lost =
  /failed to delete release|\b(Get|Post|Put|Patch|Delete) "https?:|unable to handle the request|unable to return a response|an error on the server|too many requests|etcdserver:/

/** True if helm failed since the API server did not answer it: it asks once and gives up. What a webhook does not answer is another matter. */
export const isLost = (error: unknown): boolean =>
  error instanceof HelmError &&
  lost.test(error.message) &&
  !/calling webhook|conversion webhook|x509/.test(error.message)

/** Waits until the API server answers. @throws KubernetesError if it does not for too long; `longest` in milliseconds */
export const untilAnswered = async (site: Site, longest = patience): Promise<void> => {
  const { writer, place, ports, work } = site
  const { clock } = ports.run
  const path = `${leasesPath(place.namespace)}/${leaseName(place.release)}`
  const started = clock.now()
  for (;;) {
    try {
      await writer.get(path)
      // Another run may have taken the Lease of one that was silent for long; its renewal notices that within a quarter.
      if (clock.now() - started > leaseSeconds * 500) await clock.sleep(leaseSeconds * 500, work.signal)
      return
    } catch (error) {
      const waited = clock.now() - started
      if (!isAway(error, waited) || work.signal.aborted || waited >= longest) throw error
    }
    work.progress('the API server does not answer')
    await clock.sleep(pause, work.signal)
  }
}

/** One that has just been started forbids everything until it has read who may do what. */
const isAway = (error: unknown, waited: number): boolean =>
  error instanceof KubernetesError &&
  (error.status === 0 || error.status >= 429 || (error.status === 403 && waited < warmUp))

/** Runs helm, and anew where it lost the API server and that answers again: for what may be done twice. @throws HelmError, KubernetesError, SlipwayError */
export const withContact = async (site: Site, helm: () => Promise<unknown>): Promise<void> => {
  for (let losses = 0; ; ) {
    site.requireGoing()
    try {
      await helm()
      return
    } catch (error) {
      if (!isLost(error) || site.isStopped || ++losses > mostLosses) throw error
    }
    await untilAnswered(site)
  }
}
