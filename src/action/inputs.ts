import { z } from 'zod'
import { SlipwayError } from '../core/problem.ts'

/** What the action can be asked to do. */
export const commands = ['auto', 'plan', 'apply', 'validate', 'select', 'report'] as const
/** One of them. */
export type Command = (typeof commands)[number]

/** The inputs of `action.yml`, read and checked. */
export interface Inputs {
  readonly command: Command
  readonly environment: string | undefined
  readonly token: string
  /** Plan digests, 64 hexadecimal digits each. */
  readonly approve: ReadonlySet<string>
  readonly pull: number | undefined
  readonly unprotected: boolean
  /** Values for `{env: NAME}`; secret. */
  readonly values: Readonly<Record<string, string>>
  /** For projects that `.github/slipway.yaml` does not name. */
  readonly provider: string | undefined
  readonly planner: string | undefined
  readonly applier: string | undefined
  /** A folder of reports. */
  readonly reports: string | undefined
}

/** The runner's variable of an input (actions/runner, upper case, hyphens stay). */
const variable = (name: string): string => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`

/**
 * Reads the inputs and takes the secret ones out of the environment, so that no process started later inherits them.
 * @throws SlipwayError for an input that cannot be used; no value of a secret is in the message
 */
export const readInputs = (env: NodeJS.ProcessEnv): Inputs => {
  const text = (name: string): string | undefined => env[variable(name)]?.trim() || undefined
  const inputs = {
    command: commandOf(text('command') ?? 'auto'),
    environment: text('environment'),
    token: text('github-token') ?? '',
    approve: digestsOf(text('approve') ?? ''),
    pull: pullOf(text('pull')),
    unprotected: flagOf('unprotected', text('unprotected') ?? 'false'),
    values: valuesOf(text('values')),
    provider: providerOf(text('workload-identity-provider')),
    planner: text('planner'),
    applier: text('applier'),
    reports: text('reports'),
  }
  for (const secret of ['values', 'github-token']) delete env[variable(secret)]
  if (inputs.token !== '') return inputs
  throw new SlipwayError('The action has no token for GitHub.', {
    advice: 'Leave the input `github-token` out: it is the job’s own token then.',
  })
}

const commandOf = (text: string): Command => {
  const command = commands.find(one => one === text)
  if (command !== undefined) return command
  throw new SlipwayError(`The input command is "${text}".`, {
    advice: `It is one of ${commands.join(', ')}.`,
  })
}

const digestsOf = (text: string): ReadonlySet<string> => {
  const digests = text
    .split(/[\s,]+/)
    .filter(one => one !== '')
    .map(one => one.toLowerCase().replace(/^sha256:/, ''))
  const wrong = digests.find(digest => !/^[0-9a-f]{64}$/.test(digest))
  if (wrong === undefined) return new Set(digests)
  throw new SlipwayError(`The input approve holds "${wrong}", which is not the digest of a plan.`, {
    advice: 'Copy all 64 digits from the comment or the summary of the run that stopped.',
  })
}

const pullOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const number = /^#?(\d{1,9})$/.exec(text)?.[1]
  if (number !== undefined) return Number(number)
  throw new SlipwayError(`The input pull is "${text}".`, { advice: 'Give the number of a pull request.' })
}

const flagOf = (name: string, text: string): boolean => {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new SlipwayError(`The input ${name} is "${text}".`, { advice: 'It is true or false.' })
}

/** The full name of a provider (iam v1, projects.locations.workloadIdentityPools.providers). */
export const providerName = z
  .string()
  .regex(
    /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+\/providers\/[a-z0-9-]+$/,
    'is not projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER',
  )

const providerOf = (text: string | undefined): string | undefined => {
  if (text === undefined || providerName.safeParse(text).success) return text
  throw new SlipwayError(`The input workload-identity-provider is "${text}".`, {
    advice:
      'Give its full name, projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER; NUMBER is the number of the project, not its id.',
  })
}

const valuesSchema = z.record(z.string(), z.string())

const valuesOf = (text: string | undefined): Readonly<Record<string, string>> => {
  if (text === undefined) return {}
  const parsed = valuesSchema.safeParse(text.includes('\n') ? undefined : jsonOf(text))
  if (parsed.success) return parsed.data
  throw new SlipwayError('The input values is not a JSON object of texts on one line.', {
    advice:
      'Store the secret as {"NAME": "value", "OTHER": "value"}; a line break inside a value is written \\n.',
  })
}

/** The error of a parser quotes what it read: it is dropped. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
