import { CelError } from '../core/cel/index.ts'
import type { Finding } from './finding.ts'
import { providerCommand } from './google-commands.ts'
import { trustOf } from './google-wanted.ts'
import { issuer, names } from './names.ts'
import { type Weakness, weaknessesOf } from './probes.ts'
import { ifSeen, type SeenProject, type SeenProvider } from './seen.ts'
import { commandLine } from './shell.ts'
import type { GoogleStep } from './steps.ts'
import { enginesIn, environmentsIn, type Trust, workflowOf } from './trust.ts'
import type { ProjectWishes, Wishes } from './wishes.ts'

type ProviderStep = Extract<GoogleStep, { do: 'make-provider' }>

/** What a provider that differs from the wanted one lets happen. */
export const providerFindings = (
  step: ProviderStep,
  found: SeenProvider | undefined,
  trust: Trust | undefined,
  bootstrap: string,
): readonly Finding[] => {
  const wrong = ({ id, what, effect }: Weakness): Finding => ({
    ...{ level: 'wrong', id, where: step.project, what, effect, mend: bootstrap },
  })
  if (found === undefined || found.deleted || trust === undefined) {
    const what = `the provider ${names.provider} ${found?.deleted ? 'is deleted' : 'does not exist'}`
    return [wrong({ id: 'provider/missing', what, effect: 'Neither plan nor apply can sign in.' })]
  }
  const all = [...fixedWeaknesses(found), ...foreignEngines(found, trust), ...tried(found, trust)]
  const differs = {
    id: 'provider/differs',
    what: 'the provider is not as Slipway writes it',
    effect:
      'No token that was tried gets more than it should, but other words may mean something else tomorrow.',
  }
  return (all.length === 0 ? [differs] : all).map(wrong)
}

const fixedWeaknesses = ({ issuer: found, ownKeys, audiences }: SeenProvider): readonly Weakness[] => [
  ...(found === issuer
    ? []
    : [
        {
          id: 'provider/issuer',
          what: `the provider trusts ${found ?? 'something that is not OIDC'}, not ${issuer}`,
          effect: 'Whoever signs there decides who becomes the applier; jobs of GitHub do not.',
        },
      ]),
  ...(ownKeys
    ? [
        {
          id: 'provider/own-keys',
          what: 'the provider has uploaded keys instead of those of GitHub',
          effect: 'Whoever holds them can sign in as the applier without any job.',
        },
      ]
    : []),
  ...(audiences.length === 0
    ? []
    : [
        {
          id: 'provider/audiences',
          what: `the provider accepts tokens for ${audiences.join(', ')}`,
          effect: 'A token that a job made for somebody else can be used to sign in here.',
        },
      ]),
]

const foreignEngines = ({ condition }: SeenProvider, { engines }: Trust): readonly Weakness[] => {
  const own = workflowOf(engines.at(-1) ?? '')
  return enginesIn(condition)
    .filter(engine => workflowOf(engine) !== own)
    .map(engine => ({
      id: 'provider/foreign-engine',
      what: `the provider also lets ${engine} apply`,
      effect: `Whoever can change that workflow decides what runs as the applier.`,
    }))
}

const tried = (found: SeenProvider, trust: Trust): readonly Weakness[] => {
  try {
    return weaknessesOf(found, trust)
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    return [
      {
        id: 'provider/not-understood',
        what: `the provider's condition or mapping cannot be understood: ${error.message}`,
        effect: 'Nobody can say who becomes the applier.',
      },
    ]
  }
}

/** Pool and provider switched off, and providers beside ours. */
export const poolFindings = ({ id, pool, providers }: SeenProject): readonly Finding[] => {
  const project = ['--project', id]
  const others = (ifSeen(providers) ?? []).filter(one => one.id !== names.provider && !one.deleted)
  const own = (ifSeen(providers) ?? []).find(one => one.id === names.provider)
  const off = 'Neither plan nor apply can sign in.'
  return [
    ...(ifSeen(pool)?.disabled
      ? [
          {
            ...{ level: 'wrong' as const, id: 'pool/disabled', where: id, effect: off },
            what: `the pool ${names.pool} is disabled`,
            mend: commandLine(
              ['gcloud', 'iam', 'workload-identity-pools', 'update', names.pool],
              [...project, '--location', 'global', '--no-disabled'],
            ),
          },
        ]
      : []),
    ...(own?.disabled === true && !own.deleted
      ? [
          {
            ...{ level: 'wrong' as const, id: 'provider/disabled', where: id, effect: off },
            what: `the provider ${names.provider} is disabled`,
            mend: providerCommand('update-oidc', project, ['--no-disabled']),
          },
        ]
      : []),
    ...others.map(
      (other): Finding => ({
        level: 'wrong',
        id: 'pool/other-provider',
        where: id,
        what: `the pool ${names.pool} has another provider, ${other.id}`,
        effect: 'Whoever it lets in can be given attribute.slipway/apply, and so become the applier.',
        mend: providerCommand('delete', project).replace(`delete ${names.provider}`, `delete ${other.id}`),
      }),
    ),
  ]
}

/** Engines and environments that the provider trusts and no file names any more; and engines that can be moved. */
export const trustNotes = (
  wishes: Wishes,
  project: ProjectWishes,
  found: SeenProvider | undefined,
  bootstrap: string,
): readonly Finding[] => {
  const trust = trustOf(wishes, project, found?.condition ?? '')
  if (trust === undefined || found === undefined || found.deleted) return []
  const own = workflowOf(wishes.engine ?? '')
  const engines = enginesIn(found.condition).filter(one => one !== wishes.engine && workflowOf(one) === own)
  const environments = environmentsIn(found.condition).filter(name => !project.environments.includes(name))
  const note = (id: string, what: string, effect: string): Finding => ({
    ...{ level: 'note', id, where: project.id, what, effect, mend: `${bootstrap} --prune` },
  })
  return [
    ...engines.map(engine =>
      note('provider/old-engine', `${engine} may apply too`, 'That is right until the upgrade is merged.'),
    ),
    ...environments.map(name =>
      note(
        'provider/old-environment',
        `a job in the GitHub environment ${name} may apply too`,
        'No file here has that name.',
      ),
    ),
  ]
}
