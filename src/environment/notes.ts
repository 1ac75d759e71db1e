import { showPath } from '../core/json.ts'
import type { Note } from '../core/plan.ts'
import type { Made } from './made.ts'
import { skypilotNames } from './presets/skypilot-input.ts'

/** What the reader of a plan should know about a preset's choices. */
export const notesOf = ({ input, overridden, checked, applier }: Made): readonly Note[] => [
  ...overridden.flatMap(({ path, source }): readonly Note[] => {
    const [section, name, part, ...key] = path
    if (section !== 'releases' || part !== 'values') return []
    const message = `${showPath(key)} is overridden: the preset sets it too.`
    return [{ level: 'info', message, source, address: `release/${name}` }]
  }),
  ...(input === undefined ? [] : skypilotNotes(input, checked.header.project)),
  ...(asksForApplier(checked.document) && applier === undefined ? [unknownApplier] : []),
]

const asksForApplier = (document: Made['checked']['document']): boolean =>
  document.cluster !== undefined && JSON.stringify(document).includes('"member":"applier"')

const unknownApplier: Note = {
  level: 'warning',
  message: 'Nothing says who applies this, so `member: applier` grants nothing.',
  advice: 'Sign in, or name the applier of the project in .github/slipway.yaml.',
}

const skypilotNotes = (input: NonNullable<Made['input']>, project: string): readonly Note[] => [
  ...(input.exposed && !input.tls ? [plainHttp] : []),
  ...(input.login === undefined ? [generatedLogin(skypilotNames(input).login, project)] : []),
  ...(input.applierKnown || input.sharedCluster || input.autopilot ? [] : [noApplier]),
]

const plainHttp: Note = {
  level: 'warning',
  message: 'The login travels over plain HTTP until TLS is set.',
  advice:
    'Set release.values.ingress: {host: NAME, tls: {enabled: true}}; the certificate lies in a Secret of the namespace.',
}

const generatedLogin = (secret: string, project: string): Note => ({
  level: 'info',
  message: 'The login of the web page is generated; its user is skypilot.',
  advice: `Read it after apply: \`gcloud secrets versions access latest --secret=${secret} --project=${project}\``,
  address: 'secret/login',
})

const noApplier: Note = {
  level: 'warning',
  message: 'Nothing says who applies this, so nobody is allowed to use the account of the nodes yet.',
  advice: 'Sign in, or name the applier of the project in .github/slipway.yaml.',
  address: 'service-account/nodes',
}
