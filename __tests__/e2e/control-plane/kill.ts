import { digestOf } from '../../../src/core/digest.ts'
import type { Plan } from '../../../src/core/plan.ts'
import { leaseSeconds } from '../../../src/kinds/release/lease-object.ts'
import type { StruckEnd } from '../../support/child.ts'
import type { EndState } from '../../support/end-state.ts'
import { moments, mustBeDone, type Survived } from '../../support/kill.ts'
import { project } from '../../support/one-file.ts'
import type { Deed } from '../../support/release-kill.ts'
import { struckApply } from '../../support/sigkill.ts'
import type { Strike } from '../../support/strike.ts'
import { plain } from './end-state.ts'
import { fileOf } from './files.ts'
import type { Relay } from './relay.ts'
import { type Done, traceOf, wrongAfter } from './traces.ts'
import { WatchedStriker } from './watched.ts'
import type { World } from './world.ts'

/** The payloads of the secret from which each release gets its Secret; an upgrade takes the second one. */
const logins = ['f1rst-k1ll-c4n4ry', 's3c0nd-k1ll-c4n4ry'] as const

const login = 'kill-login'

/** What has to be there before the first release. */
export const prepareReleases = ({ google }: World): void => google.seed(project).secret(login, logins)

/** Where one release is at a time: a cluster behind a relay of its own. */
export interface Place {
  readonly world: World
  readonly cluster: string
  readonly relay: Relay
}

/** The file before and after: an upgrade changes the namespace, the Secret and the chart. */
const fileFor = ({ world, cluster }: Place, name: string, deed: Deed): string => {
  const [version, secret] = deed === 'install' ? ['1.0.0', '1'] : ['1.1.0', '2']
  const data = { login: { from: 'secret', secret: login, version: secret } }
  return fileOf({
    name,
    cluster,
    charts: world.charts,
    chart: 'whole',
    version,
    values: {},
    more: { after: [`kubernetes-secret/${name}-login`] },
    sections: {
      namespaces: { [name]: { labels: { stage: deed }, secrets: { [`${name}-login`]: { data } } } },
    },
  })
}

/** The command line applies a file, with a striker on its heels. What it prints has been said. */
const struck = async ({ world, relay }: Place, text: string, striker: WatchedStriker): Promise<StruckEnd> => {
  relay.hooks = striker.watching
  const { env, said } = world.run('applier', text)
  // Node keeps what it made of the sources there: half of the start of a process.
  const more = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: world.folder }
  try {
    const ended = await struckApply({ google: world.google, environment: env }, text, striker, more)
    said(ended.stdout)
    said(ended.stderr)
    return ended
  } finally {
    relay.hooks = undefined
  }
}

/** An undisturbed deed: how many writes were begun, and what it left. */
export interface Calm {
  readonly writes: number
  readonly done: Done
}

/** Does a deed without disturbing it. @throws Error if it fails */
export const calmDeed = async (place: Place, name: string, deed: Deed): Promise<Calm> => {
  const striker = new WatchedStriker()
  const trace = await traceOf(place, name)
  const { code, stdout, stderr } = await struck(place, fileFor(place, name, deed), striker)
  if (code !== 0) throw new Error(`an undisturbed ${deed} ended with ${code}: ${stdout}${stderr}`)
  return { writes: striker.seen, done: await trace.now() }
}

/** Whether a run that follows a strike applies what was reviewed before it, or what is planned anew: half of them each. */
const isReviewed = ({ nth, moment }: Strike): boolean => (nth + moments.indexOf(moment)) % 2 === 0

/** What somebody reviewed, with the record that an apply of it begins before its first write. */
const reviewedAndBegun = async ({ world }: Place, text: string): Promise<Plan> => {
  const plan = await world.plan(text)
  const owned = plan.steps.filter(({ action }) => action !== 'adopt')
  const { ledger } = world.run('applier', text)
  await ledger.begin(
    plan.environment,
    plan.engine,
    text,
  )({
    identities: Object.fromEntries(owned.map(({ identity, spec }) => [identity, digestOf(spec)])),
    charts: {},
  })
  return plan
}

/** What an upgrade takes away and what it brings, and the Job of its hook: all of it has to be among what is struck. */
export const upgradeBlows = [
  'delete configmaps/NAME-dropped',
  'patch configmaps/NAME-added',
  'patch jobs/NAME-migrate',
  'delete jobs/NAME-migrate',
] as const

/** What is wrong with where an undisturbed life led: what the upgrade drops is gone, and what it adds is there. */
export const wrongEnds = (install: EndState, upgrade: EndState): readonly string[] => {
  const has = (one: EndState, name: string): boolean => one[`configmaps/NAME-${name}`] !== undefined
  return [
    ...(has(install, 'dropped') && !has(upgrade, 'dropped') ? [] : ['nothing was dropped']),
    ...(!has(install, 'added') && has(upgrade, 'added') ? [] : ['nothing was added']),
  ]
}

/** What came of a strike, and what was struck, with `NAME` for the release's name. */
export interface Struck extends Survived {
  readonly blow?: string
}

/** Strikes the command line and its helm at a write; applies again, as somebody does a minute later; compares. */
export const strikeDeed = async (
  place: Place,
  name: string,
  deed: Deed,
  strike: Strike | undefined,
  calm: Calm,
): Promise<Struck> => {
  const { world, relay } = place
  const [text, striker] = [fileFor(place, name, deed), new WatchedStriker(strike)]
  try {
    const reviewed =
      strike !== undefined && isReviewed(strike) ? await reviewedAndBegun(place, text) : undefined
    const trace = await traceOf(place, name)
    const ended = await struck(place, text, striker)
    const first = relay.writes.length
    const ahead = (leaseSeconds + 1) * 1000
    mustBeDone(await world.apply(text, reviewed ?? (await world.plan(text)), { ahead }))
    // An operation of helm's that was asked to stop is marked as failed; the next one is another.
    const operations = strike?.signal === 'SIGTERM' ? 2 : 1
    const wrong = [
      ...striker.wrongIn(ended),
      ...(await wrongAfter(calm.done, trace.now, { again: relay.writes.length - first, operations })),
    ]
    return striker.struck
      ? { reached: true, wrong, blow: plain(striker.blow, name) }
      : { reached: false, wrong: [...wrong, `${ended.stdout}${ended.stderr}`] }
  } catch (error) {
    return { reached: true, wrong: [String(error)] }
  }
}
