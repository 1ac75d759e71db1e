import type { Condition, Membership } from '../kinds/grant/policy.ts'
import { emailOf, issuer, names, type Part } from './names.ts'
import { connectPermissions } from './roles.ts'
import { commandLine } from './shell.ts'
import type { GoogleStep } from './steps.ts'
import { poolTitle, providerTitle } from './trust.ts'

/** Texts for people. */
export const titles = {
  planner: 'Slipway, plans',
  applier: 'Slipway, applies',
  role: 'Slipway: reach clusters',
} as const

/** The gcloud commands of a step, in order. */
export const googleCommands = (step: GoogleStep): readonly string[] => {
  const project = ['--project', step.project]
  switch (step.do) {
    case 'enable-services':
      return [commandLine(['gcloud', 'services', 'enable', ...step.services], project)]
    case 'make-account':
      return [
        commandLine(['gcloud', 'iam', 'service-accounts', 'create', names[step.part]], project, [
          '--display-name',
          titles[step.part],
        ]),
      ]
    case 'make-role':
      return roleCommands(step, project)
    case 'grant':
      return [
        ...step.add.map(grant => grantCommand('add', step, grant)),
        ...step.drop.map(grant => grantCommand('remove', step, grant)),
      ]
    case 'make-pool':
      return poolCommands(step, project)
    case 'make-provider':
      return providerCommands(step, project)
    default:
      return step satisfies never
  }
}

const roleCommands = (
  { how }: Extract<GoogleStep, { do: 'make-role' }>,
  project: readonly string[],
): readonly string[] => {
  const permissions = ['--permissions', connectPermissions.join(',')]
  const role = (verb: string, ...more: readonly (readonly string[])[]) =>
    commandLine(['gcloud', 'iam', 'roles', verb, names.connectRole], project, ...more)
  if (how === 'create') return [role('create', ['--title', titles.role], permissions, ['--stage', 'GA'])]
  const update = role('update', permissions, ['--quiet'])
  return how === 'undelete' ? [role('undelete'), update] : [update]
}

/** How gcloud takes a condition: `None`, or a dictionary with a delimiter that is not in it. */
const conditionFlag = (condition: Condition | undefined): readonly string[] => {
  if (condition === undefined) return ['--condition', 'None']
  const members = Object.entries(condition).map(([name, value]) => `${name}=${String(value)}`)
  return ['--condition', `^;^${members.join(';')}`]
}

/** The command that gives one member one role on a project or an identity, or takes it. */
export const grantCommand = (
  verb: 'add' | 'remove',
  { project, on }: { readonly project: string; readonly on: 'project' | Part },
  { role, member, condition }: Membership,
): string => {
  const target =
    on === 'project'
      ? [['gcloud', 'projects', `${verb}-iam-policy-binding`, project]]
      : [
          ['gcloud', 'iam', 'service-accounts', `${verb}-iam-policy-binding`, emailOf(on, project)],
          ['--project', project],
        ]
  return commandLine(...target, ['--member', member], ['--role', role], conditionFlag(condition))
}

const poolFlags = ['--location', 'global'] as const

const poolCommands = (
  { how }: Extract<GoogleStep, { do: 'make-pool' }>,
  project: readonly string[],
): readonly string[] => [
  commandLine(
    ['gcloud', 'iam', 'workload-identity-pools', how, names.pool],
    project,
    poolFlags,
    ...(how === 'create' ? [['--display-name', poolTitle]] : []),
  ),
]

/** A command on the provider. */
export const providerCommand = (
  verb: string,
  project: readonly string[],
  ...more: readonly (readonly string[])[]
): string =>
  commandLine(
    ['gcloud', 'iam', 'workload-identity-pools', 'providers', verb, names.provider],
    project,
    [...poolFlags, '--workload-identity-pool', names.pool],
    ...more,
  )

const providerCommands = (
  { how, condition, mapping, dropKeys }: Extract<GoogleStep, { do: 'make-provider' }>,
  project: readonly string[],
): readonly string[] => {
  const pairs = Object.entries(mapping).map(([name, expression]) => `${name}=${expression}`)
  const settings = [
    ['--issuer-uri', issuer],
    ['--attribute-mapping', `^;^${pairs.join(';')}`],
    ['--attribute-condition', condition],
  ]
  if (how === 'create')
    return [providerCommand('create-oidc', project, ['--display-name', providerTitle], ...settings)]
  const cleared = ['--allowed-audiences=', ...(dropKeys ? ['--jwk-json-path=/dev/null'] : [])]
  const update = providerCommand('update-oidc', project, ...settings, cleared)
  return how === 'undelete' ? [providerCommand('undelete', project), update] : [update]
}
