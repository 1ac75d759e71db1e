import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BootstrapFlags, bootstrap } from '../../src/cli/bootstrap.ts'
import type { Terminal } from '../../src/cli/context.ts'
import { type DoctorFlags, doctor } from '../../src/cli/doctor.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import type { Finding } from '../../src/setup/finding.ts'
import type { Permissions } from '../github/fake/permissions.ts'
import type { Changes } from '../github/scenario/history.ts'
import { type Scenario, startScenario } from '../github/scenario/scenario.ts'

/** The commit that the workflow of these tests is pinned to. */
export const sha = '0123456789012345678901234567890123456789'

/** A calling workflow that is pinned to a commit. */
export const workflow = (ref: string = sha, more = ''): string => `name: slipway
jobs:
  plan:
    uses: slipway-dev/slipway/.github/workflows/plan.yml@${ref}
  apply:
    uses: slipway-dev/slipway/.github/workflows/apply.yml@${ref}
    with:
      environment: ''
${more}`

/** An environment file that gives roles away. */
export const environment = (project: string, role = 'roles/viewer'): string => `project: ${project}
location: us-central1
services: [cloudresourcemanager]
projectIam: [{role: ${role}, member: 'group:ml@acme.com'}]
`

/** A repository with one project and two environments. */
export const oneProject: Changes = {
  '.github/workflows/slipway.yml': workflow(),
  '.github/CODEOWNERS': '/.github/ @acme/platform\n/environments/ @acme/platform\n',
  'environments/prod.yaml': environment('acme-ml', 'roles/cloudsql.client'),
  'environments/staging.yaml': environment('acme-ml'),
}

const services = ['serviceusage', 'cloudresourcemanager']

/** A repository with two projects and three environments, and nothing set up. */
export const twoProjects: WorldOptions = {
  files: {
    '.github/workflows/slipway.yml': workflow(),
    'environments/lab.yaml': environment('acme-lab'),
    'environments/prod.yaml': environment('acme-ml', 'roles/cloudsql.client'),
    'environments/staging.yaml': environment('acme-ml'),
  },
  projects: [
    { id: 'acme-ml', number: '123456789012', services },
    { id: 'acme-lab', number: '210987654321', services },
  ],
}

/** All that an administrator's token may do. */
export const admin: Permissions = {
  ...{ actions: 'read', administration: 'write', contents: 'read', deployments: 'read' },
  ...{ 'pull-requests': 'read', variables: 'write' },
}

/** An emulated project, a fake repository, a clone of it, and somebody at its terminal. */
export interface World {
  readonly google: Emulator
  readonly scenario: Scenario
  readonly cwd: string
  /** What was printed since the last run began. */
  readonly said: () => string
  readonly bootstrap: (flags?: BootstrapFlags) => Promise<number>
  /** Findings, notes too. */
  readonly doctor: (flags?: DoctorFlags) => Promise<readonly Finding[]>
  readonly terminal: (more?: Partial<Terminal>) => Terminal
  /** Everything that was changed at Google or GitHub since the last call. */
  readonly writes: () => readonly string[]
  /** Commits files on the default branch, and pulls. */
  readonly commit: (files: Changes) => void
  readonly close: () => Promise<void>
}

/** What a world is made of. */
export interface WorldOptions extends EmulatorOptions {
  readonly files?: Changes
  readonly permissions?: Permissions
  /** Of the emulator. */
  readonly googleToken?: string
}

/** Who approves in these tests. */
export const reviewer = 'acme/platform'

export const openWorld = async ({
  files = oneProject,
  permissions = admin,
  googleToken = 'owner',
  ...options
}: WorldOptions = {}): Promise<World> => {
  const projects = [
    { id: 'acme-ml', number: '123456789012', services: ['serviceusage', 'cloudresourcemanager'] },
  ]
  const [scenario, google, cwd] = await Promise.all([
    startScenario({ files }),
    startEmulator({ projects, ...options }),
    mkdtemp(join(tmpdir(), 'slipway-setup-')),
  ])
  scenario.github.state.teams.add(reviewer)
  const git = (...words: readonly string[]) => execFileSync('git', [...words], { cwd, stdio: 'pipe' })
  git('clone', '--quiet', join(scenario.dir, 'origin.git'), '.')
  git('remote', 'set-url', 'origin', 'https://github.com/acme/infra.git')
  const token = scenario.github.token(permissions, 'alice')
  let said = ''
  const say = (text: string): void => {
    said += text
  }
  const terminal = (more: Partial<Terminal> = {}): Terminal => ({
    env: {
      ...process.env,
      ...google.endpoints,
      CLOUDSDK_AUTH_ACCESS_TOKEN: googleToken,
      GITHUB_API_URL: scenario.github.apiUrl,
      GITHUB_TOKEN: token,
    },
    ...{ cwd, write: say, writeError: say, interactive: false, width: 200, palette: plainPalette },
    signal: new AbortController().signal,
    ask: async () => '',
    ...more,
  })
  const gitHubWrites = () =>
    scenario.github.log.filter(one => one.method !== 'GET' && Number(one.status) < 300)
  let [before, beforeGitHub] = [0, 0]
  return {
    ...{ google, scenario, cwd, terminal },
    said: () => said,
    bootstrap: async (flags = {}) => {
      said = ''
      return bootstrap(terminal(), flags)
    },
    doctor: async (flags = {}) => {
      said = ''
      const code = await doctor(terminal(), { ...flags, json: true })
      const { findings, ok } = JSON.parse(said) as { findings: readonly Finding[]; ok: boolean }
      if (ok !== (code === 0)) throw new Error('the exit code is not what the JSON says')
      return findings
    },
    writes: () => {
      const all = google.requests.writes
      const all2 = gitHubWrites()
      const found = [
        ...all.slice(before).map(({ httpMethod, path }) => `${httpMethod} ${path}`),
        ...all2.slice(beforeGitHub).map(({ method, pathname }) => `${method} ${pathname}`),
      ]
      ;[before, beforeGitHub] = [all.length, all2.length]
      return found
    },
    commit: changes => {
      scenario.push(changes)
      git('fetch', '--quiet', join(scenario.dir, 'origin.git'), 'main')
      git('reset', '--quiet', '--hard', 'FETCH_HEAD')
    },
    close: async () => {
      await Promise.all([scenario.close(), google.close(), rm(cwd, { recursive: true, force: true })])
    },
  }
}
