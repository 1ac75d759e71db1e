import { type Json, type JsonObject, type Path, showPath, valueAt } from '../../core/json.ts'
import type { Problem } from '../../core/problem.ts'
import { compareVersions } from '../../core/version.ts'
import { chartFloor } from '../presets/skypilot-input.ts'
import { type Check, type Checked, entriesAt, objectAt, placeIn } from './check.ts'

/** A release of the SkyPilot chart in a document. */
export interface SkypilotRelease {
  readonly name: string
  readonly path: Path
  readonly namespace: string
  readonly values: JsonObject
}

/** The releases of the SkyPilot chart, whoever wrote them: the preset or the file. */
export const skypilotReleases = (document: JsonObject): readonly SkypilotRelease[] =>
  entriesAt(document, ['releases'])
    .filter(([, { chart }]) => chart === 'skypilot')
    .map(([name, { namespace }]) => ({
      name,
      path: ['releases', name],
      namespace: String(namespace),
      values: objectAt(document, ['releases', name, 'values']),
    }))

/** Values of the SkyPilot chart that never work, lose data, or open the server to everybody. */
export const checkSkypilotValues: Check = checked => ({
  problems: skypilotReleases(checked.document).flatMap(release => [
    ...rules.flatMap(rule => broken(checked, release, rule)),
    ...oldChart(checked, release),
  ]),
})

const broken = (
  checked: Checked,
  release: SkypilotRelease,
  { path, wrong, message, advice }: ValueRule,
): readonly Problem[] => {
  if (!wrong(valueAt(release.values, path), release.values)) return []
  const position = placeIn(checked, [...release.path, 'values', ...path])
  return [{ message: `${path.at(-1)}: ${message}`, advice, position }]
}

interface ValueRule {
  readonly path: Path
  readonly wrong: (value: Json | undefined, values: JsonObject) => boolean
  readonly message: string
  readonly advice: string
}

const isSet = (value: Json | undefined): boolean => value !== undefined && value !== null && value !== ''

const hasDatabase = (values: JsonObject): boolean =>
  isSet(valueAt(values, ['apiService', 'dbConnectionSecretName']))

/** True if anybody who finds the address may use the server. */
const isOpen = (values: JsonObject): boolean =>
  valueAt(values, ['ingress', 'enabled']) !== false &&
  valueAt(values, ['auth', 'oauth', 'enabled']) !== true &&
  valueAt(values, ['auth', 'externalProxy', 'enabled']) !== true

const rules: readonly ValueRule[] = [
  {
    path: ['ingress', 'authSecret'],
    wrong: (value, values) => !isSet(value) && isOpen(values),
    message: 'without it anybody who finds the address can use the API server.',
    advice: 'Leave the login on, or set ingress.enabled: false or auth.oauth.enabled: true.',
  },
  {
    path: ['ingress', 'authCredentials'],
    wrong: isSet,
    message: 'a password hash does not belong in a file.',
    advice: 'Take it out and use `login: {secret: NAME}`; the chart reads it from a Kubernetes Secret.',
  },
  {
    path: ['apiService', 'dbConnectionString'],
    wrong: isSet,
    message: 'a connection string with a password does not belong in a file.',
    advice:
      'Take it out: the chart reads it from the Kubernetes Secret of apiService.dbConnectionSecretName.',
  },
  {
    path: ['apiService', 'config'],
    wrong: (value, values) => isSet(value) && hasDatabase(values),
    message: 'the server does not start with both a configuration here and a database.',
    advice: 'Take it out and set the configuration in the dashboard, which keeps it in the database.',
  },
  {
    path: ['apiService', 'replicas'],
    wrong: value => typeof value === 'number' && value > 1,
    message: 'the API server runs as one replica only.',
    advice: 'Take it out; for more room raise apiService.resources.',
  },
  {
    path: ['apiService', 'devMode', 'enabled'],
    wrong: value => value === true,
    message: 'in this mode the pod is privileged and the server is not started.',
    advice: 'Take it out.',
  },
  {
    path: ['apiService', 'initialBasicAuthCredentials'],
    wrong: isSet,
    message: 'a password hash does not belong in a file.',
    advice: 'Take it out and use `login: {secret: NAME}`.',
  },
  {
    path: ['apiService', 'upgradeStrategy'],
    wrong: (value, values) =>
      value === 'RollingUpdate' &&
      valueAt(values, ['storage', 'enabled']) !== false &&
      valueAt(values, ['storage', 'accessMode']) !== 'ReadWriteMany',
    message: 'RollingUpdate needs storage that two pods can mount.',
    advice:
      'Set storage.enabled: false or storage.accessMode: ReadWriteMany, or leave the strategy at Recreate.',
  },
  ...['httpNodePort', 'httpsNodePort', 'nodePortEnabled'].map(key => ({
    path: ['ingress', key],
    wrong: isSet,
    message:
      'charts since 0.11.0 no longer know this key and ignore it: the server would get a public address.',
    advice: 'Use ingress-nginx.controller.service.type: NodePort and .nodePorts.',
  })),
]

/** True for a value of the SkyPilot chart that has a refusal of its own. */
export const hasOwnRefusal = ({ chart }: JsonObject, path: Path): boolean =>
  chart === 'skypilot' && rules.some(rule => showPath(rule.path) === showPath(path))

const oldChart = (checked: Checked, { path }: SkypilotRelease): readonly Problem[] => {
  const version = valueAt(checked.document, [...path, 'version'])
  const at = [...path, 'version']
  if (checked.header.app === undefined || typeof version !== 'string') return []
  if (compareVersions(version, chartFloor) >= 0) return []
  return [
    {
      message: `version: "${version}" of the chart is too old: it ignores some of the values that the preset sets.`,
      advice: `Use ${chartFloor} or later.`,
      position: placeIn(checked, at),
    },
  ]
}
