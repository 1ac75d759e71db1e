import { createHash, randomBytes } from 'node:crypto'
import { strToU8, zipSync } from 'fflate'
import type { Answer } from './answers.ts'
import type { Incoming } from './http.ts'
import type { Artifact, State } from './state.ts'

/** Files of an artifact, by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>

const pack = (files: Files): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        path,
        typeof content === 'string' ? strToU8(content) : content,
      ]),
    ),
  )

/** Stores what a job of the run uploaded; names are unique among the run's artifacts that exist. */
export const storeArtifact = (state: State, runId: number, name: string, files: Files): Artifact => {
  const taken = [...state.artifacts.values()].some(a => a.runId === runId && a.name === name)
  if (taken) throw new Error(`The run ${runId} has an artifact "${name}" already (409 at GitHub).`)
  const zip = pack(files)
  const digest = `sha256:${createHash('sha256').update(zip).digest('hex')}`
  const artifact: Artifact = { id: state.nextId(), runId, name, zip, digest, expired: false, at: state.now() }
  state.artifacts.set(artifact.id, artifact)
  return artifact
}

/** The store that artifact downloads are redirected to. */
export interface BlobStore {
  readonly url: (artifact: Artifact) => string
  readonly serve: (incoming: Incoming, state: State) => Answer
}

/** Signed addresses; a request that carries the GitHub token along is refused, as Azure's storage does. */
export const createBlobStore = (origin: () => string): BlobStore => {
  const signatures = new Map<string, number>()
  const url = (artifact: Artifact): string => {
    const signature = randomBytes(16).toString('hex')
    signatures.set(signature, artifact.id)
    return `${origin()}/blob/${artifact.id}.zip?sig=${signature}`
  }
  const serve = (incoming: Incoming, state: State): Answer => {
    if (incoming.headers.authorization !== undefined) return { status: 401, raw: 'InvalidAuthenticationInfo' }
    const id = signatures.get(incoming.url.searchParams.get('sig') ?? '')
    const artifact = id === undefined ? undefined : state.artifacts.get(id)
    if (artifact === undefined) return { status: 403, raw: 'AuthenticationFailed' }
    return { status: 200, raw: artifact.zip, headers: { 'content-type': 'application/zip' } }
  }
  return { url, serve }
}
