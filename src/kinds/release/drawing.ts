import { type JsonObject, type Path, valueAt } from '../../core/json.ts'
import type { Chart, HelmRenderer, Rendered, RenderInput } from '../../helm/port.ts'
import { mayVary } from '../../helm/vary.ts'
import { type PrepareContext, text } from '../kind.ts'
import { comparableMap, keyOf } from './keys.ts'
import { createPlaceholders } from './placeholders.ts'
import { randomIn, withoutRandom } from './random.ts'
import { isKept, valuesOf } from './spec.ts'

/** What a rendering is told of its cluster. */
export type About = Pick<RenderInput, 'kubeVersion' | 'apiVersions' | 'isUpgrade'>

/** What a release's chart renders to, in the form in which it is compared: references symbolic, nothing random. */
export interface Drawn {
  /** By their keys. */
  readonly objects: Readonly<Record<string, JsonObject>>
  /** What would come out differently the next time. */
  readonly random: readonly Path[]
  /** `Job/web/migrate at pre-upgrade`, sorted. */
  readonly hooks: readonly string[]
  /** Keys of kept objects whose template looks into the cluster, sorted. */
  readonly lookedUp: readonly string[]
}

/** Draws a release from a chart for a cluster. @throws HelmError with the chart's own words */
export type Draw = (chart: Chart, about: About) => Promise<Drawn>

/** Draws a release, once for each chart and each thing that it is told of the cluster. */
export const createDrawing = (
  spec: JsonObject,
  helm: HelmRenderer,
  context: Pick<PrepareContext, 'placeholder'>,
): Draw => {
  const placeholders = createPlaceholders(context.placeholder)
  const values = placeholders.fill(valuesOf(spec))
  const given = { release: text(spec, 'release'), namespace: text(spec, 'namespace'), values }
  const restore = ({ objects }: Rendered) => comparableMap(objects.map(placeholders.restore))
  const known = new Map<string, Promise<Drawn>>()
  const draw = async (chart: Chart, about: About): Promise<Drawn> => {
    const [once, again] = await renderTwice({ ...given, chart, ...about }, helm)
    const first = restore(once)
    const second = again === undefined ? first : restore(again)
    const random = randomIn(first, second)
    return {
      objects: withoutRandom(first, random, second) as typeof first,
      random,
      hooks: hooksOf(once),
      lookedUp: once.lookedUp.filter(isKept).map(keyOf).sort(),
    }
  }
  return (chart, about) => {
    const key = JSON.stringify([chart.sha256, about])
    const drawn = known.get(key) ?? draw(chart, about)
    known.set(key, drawn)
    return drawn
  }
}

/** Renders once more where that can come out differently. */
const renderTwice = (
  input: RenderInput,
  { render }: HelmRenderer,
): Promise<readonly [Rendered, Rendered | undefined]> => {
  const varies = input.chart.varies || mayVary(JSON.stringify(input.values))
  return Promise.all([render(input), varies ? render({ ...input, time: 2 }) : undefined])
}

const hooksOf = ({ hooks }: Rendered): readonly string[] =>
  hooks
    .map(hook => `${keyOf(hook)} at ${String(valueAt(hook, ['metadata', 'annotations', 'helm.sh/hook']))}`)
    .sort()
