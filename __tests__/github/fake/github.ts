import { randomBytes } from 'node:crypto'
import type { Caller, LoggedRequest, Violation } from './api.ts'
import { serveApi } from './api.ts'
import type { Files } from './artifacts.ts'
import { createBlobStore, storeArtifact } from './artifacts.ts'
import type { Faults } from './faults.ts'
import { createFaults } from './faults.ts'
import type { Git } from './git.ts'
import { listen } from './http.ts'
import type { OidcIssuer } from './oidc.ts'
import { createIssuer } from './oidc.ts'
import { personId } from './people.ts'
import type { Permissions } from './permissions.ts'
import type { Artifact, Environment, Repository, State } from './state.ts'

/** A running fake of api.github.com for one repository. */
export interface FakeGitHub {
  /** `GITHUB_API_URL` */
  readonly apiUrl: string
  readonly state: State
  readonly faults: Faults
  readonly oidc: OidcIssuer
  /** Every request, oldest first. */
  readonly log: LoggedRequest[]
  /** Deviations from GitHub's description; a good test ends with this empty. */
  readonly violations: Violation[]
  /** How many requests were held against GitHub's description. */
  readonly checked: { readonly requests: number }
  /** A new token; its user is the job's bot unless told. */
  readonly token: (permissions: Permissions, login?: string) => string
  readonly revoke: (token: string) => void
  readonly uploadArtifact: (runId: number, name: string, files: Files) => Artifact
  readonly expireArtifact: (id: number) => void
  /** Makes or replaces a GitHub environment. */
  readonly protect: (name: string, protection?: Partial<Environment>) => void
  readonly close: () => Promise<void>
}

/** Settings of a fake. */
export interface FakeOptions {
  readonly git: Git
  readonly owner?: string
  readonly name?: string
  readonly private?: boolean
  readonly defaultBranch?: string
}

const repositoryOf = (options: FakeOptions): Repository => {
  const owner = options.owner ?? 'acme'
  return {
    id: 700_001,
    owner,
    ownerId: personId(owner),
    name: options.name ?? 'infra',
    private: options.private ?? true,
    fork: false,
    defaultBranch: options.defaultBranch ?? 'main',
  }
}

const zulu = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z')

const createState = (options: FakeOptions, apiUrl: string, blobUrl: State['blobUrl']): State => {
  let id = 9_000_000
  return {
    apiUrl,
    repository: repositoryOf(options),
    git: options.git,
    pulls: new Map(),
    comments: new Map(),
    deployments: new Map(),
    environments: new Map(),
    runs: new Map(),
    jobs: new Map(),
    artifacts: new Map(),
    collaborators: new Map(),
    rules: new Map(),
    codeownersErrors: [],
    rulesets: new Map(),
    protections: new Map(),
    variables: new Map(),
    teams: new Set(),
    actions: {
      ...{ enabled: true, allowed: 'all', patterns: [] },
      ...{ gitHubOwned: true, verified: true, approves: false },
    },
    statuses: new Map(),
    limits: { treeEntries: 100_000 },
    nextId: () => ++id,
    now: zulu,
    blobUrl,
  }
}

const protect = (state: State, name: string, protection: Partial<Environment> = {}): void => {
  const plain = { id: state.nextId(), name, reviewers: [], preventSelfReview: false, waitTimer: 0 }
  state.environments.set(name.toLowerCase(), { ...plain, branchPolicy: null, branches: [], ...protection })
}

const expire = (state: State, id: number): void => {
  const artifact = state.artifacts.get(id)
  if (artifact === undefined) throw new Error(`There is no artifact ${id}.`)
  state.artifacts.set(id, { ...artifact, expired: true })
}

/** Starts the API on one loopback port, and artifact bytes and job identities on another (another origin). */
export const startFakeGitHub = async (options: FakeOptions): Promise<FakeGitHub> => {
  const origins = { api: '', services: '' }
  const faults = createFaults()
  const log: LoggedRequest[] = []
  const violations: Violation[] = []
  const checked = { requests: 0 }
  const callers = new Map<string, Caller>()
  const blobs = createBlobStore(() => origins.services)
  const oidc = createIssuer(() => origins.services, `https://github.com/${options.owner ?? 'acme'}`)
  const callerOf = (token: string): Caller | undefined => callers.get(token)
  const api = await listen(incoming =>
    serveApi({ state, faults, callerOf, log, violations, checked }, incoming),
  )
  origins.api = api.origin
  const state = createState(options, api.origin, blobs.url)
  const services = await listen(incoming =>
    incoming.url.pathname.startsWith('/idtoken/') ? oidc.serve(incoming) : blobs.serve(incoming, state),
  )
  origins.services = services.origin
  const token = (permissions: Permissions, login = 'github-actions[bot]'): string => {
    const value = `ghs_${randomBytes(18).toString('hex')}`
    callers.set(value, { login, permissions })
    return value
  }
  return {
    ...{ apiUrl: api.origin, state, faults, oidc, log, violations, checked, token },
    revoke: value => void callers.delete(value),
    uploadArtifact: (runId, name, files) => storeArtifact(state, runId, name, files),
    expireArtifact: id => expire(state, id),
    protect: (name, protection) => protect(state, name, protection),
    close: async () => {
      await Promise.all([api.close(), services.close()])
    },
  }
}
