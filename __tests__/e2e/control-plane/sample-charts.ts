import { randomBytes } from 'node:crypto'
import { archiveOf } from '../../helm/charts.ts'

/** The files of a chart by path. */
export type ChartFiles = Readonly<Record<string, string | Buffer>>

/** Charts of a few lines, each with something that charts in the wild do. */
export const sampleCharts = async (): Promise<readonly ChartFiles[]> => [
  hooked,
  looking,
  dicey,
  named,
  counting,
  fixed,
  sets,
  whole('1.0.0', 'dropped'),
  whole('1.1.0', 'added'),
  moving('1.0.0', 'app: {{ .Release.Name }}', leaf('extra')),
  moving('1.1.0', 'app: {{ .Release.Name }}'),
  moving('1.2.0', 'app: {{ .Release.Name }}, part: server'),
  await umbrella(),
  { ...plain('large'), ...below('charts/heavy', { ...leaf('heavy'), ...weight }) },
  { ...plain('bulky'), ...weight },
]

const about = (name: string, version = '1.0.0'): string =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "1"\n`

/** `annotations` are of the pods, `spec` is theirs, indented by six. */
const deployment = (annotations: string, spec: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}-server}
spec:
  {{- with .Values.settles }}
  minReadySeconds: {{ . }}
  {{- end }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
      annotations: {${annotations}}
    spec:
${spec}`

const server = (annotations = 'value: {{ .Values.value | quote }}'): string =>
  deployment(annotations, '      containers: [{name: server, image: {{ .Values.server | quote }}}]\n')

const job = (name: string, more = ''): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}${more}}
spec:
  backoffLimit: 6
  template:
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: {{ .Values.image | quote }}}]
`

/** `settles`: seconds for which a pod of the server has to be ready. */
const values = 'image: example.com/migrate:1\nserver: example.com/server:1\nsettles: 0\nvalue: one\n'

/** Its hook is a plain Job, which Kubernetes tries six times more; its Secret is nobody's business. */
const hooked: ChartFiles = {
  'Chart.yaml': about('hooked'),
  'values.yaml': values,
  'templates/server.yaml': server(),
  'templates/key.yaml': `
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-key}
stringData: {key: "{{ .Values.value }}-h00ked-k3y-c4n4ry"}
`,
  'templates/hook.yaml': job(
    '{{ .Release.Name }}-migrate',
    ', annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: before-hook-creation}',
  ),
}

/** Makes a key once and finds it again by `lookup`. */
const looking: ChartFiles = {
  'Chart.yaml': about('looking'),
  'values.yaml': values,
  'templates/server.yaml': server(
    'value: {{ .Values.value | quote }}, checksum/key: {{ include (print $.Template.BasePath "/key.yaml") . | sha256sum }}',
  ),
  'templates/key.yaml': `
{{- $old := lookup "v1" "Secret" .Release.Namespace (printf "%s-key" .Release.Name) }}
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-key}
data: {key: {{ if $old }}{{ $old.data.key }}{{ else }}{{ randAlphaNum 32 | b64enc }}{{ end }}}
`,
}

/** Rolls its pods at every upgrade, by the trick of helm's own documentation. */
const dicey: ChartFiles = {
  'Chart.yaml': about('dicey'),
  'values.yaml': values,
  'templates/server.yaml': server('rollme: {{ randAlphaNum 5 | quote }}'),
  'templates/config.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-config}
data: {value: {{ .Values.value | quote }}}
`,
}

/** Gives a Job a name that nobody can foresee. */
const named: ChartFiles = {
  'Chart.yaml': about('named'),
  'values.yaml': values,
  'templates/server.yaml': server(),
  'templates/job.yaml': job('{{ .Release.Name }}-{{ randAlphaNum 5 | lower }}'),
}

/** Puts the number of the revision into an annotation. */
const counting: ChartFiles = {
  'Chart.yaml': about('counting'),
  'values.yaml': values,
  'templates/server.yaml': server(
    'value: {{ .Values.value | quote }}, revision: {{ .Release.Revision | quote }}',
  ),
}

/** Holds an object that Kubernetes lets nobody change, which no table knows. */
const fixed: ChartFiles = {
  'Chart.yaml': about('fixed'),
  'values.yaml': values,
  'templates/server.yaml': server('some: thing'),
  'templates/config.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-config}
immutable: true
data: {value: {{ .Values.value | quote }}}
`,
}

/** A stateful set with a claim for each pod, and a daemon set. */
const sets: ChartFiles = {
  'Chart.yaml': about('sets'),
  'values.yaml': `store: {image: "example.com/store:1", replicas: 1, cpu: 100m, pool: null}
agent: {image: "example.com/agent:1"}
`,
  'templates/store.yaml': `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: {{ .Release.Name }}-store}
spec:
  serviceName: {{ .Release.Name }}-store
  replicas: {{ .Values.store.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}-store}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}-store}}
    spec:
      {{- with .Values.store.pool }}
      nodeSelector: {pool: {{ . }}}
      {{- end }}
      containers:
      - name: store
        image: {{ .Values.store.image | quote }}
        resources: {requests: {cpu: {{ .Values.store.cpu }}}}
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
`,
  'templates/agent.yaml': `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: {{ .Release.Name }}-agent}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}-agent}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}-agent}}
    spec:
      containers: [{name: agent, image: {{ .Values.agent.image | quote }}}]
`,
}

const leaf = (name: string): ChartFiles => ({
  'Chart.yaml': about(name),
  'values.yaml': 'value: leaf\n',
  'templates/config.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-${name}}
data: {value: {{ .Values.value | quote }}, shared: {{ .Values.global.shared | quote }}}
`,
})

const below = (folder: string, files: ChartFiles): ChartFiles =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]))

/** Depends on one chart that lies in it as a folder, and on one that lies in it as an archive. */
const umbrella = async (): Promise<ChartFiles> => ({
  'Chart.yaml': `${about('umbrella')}dependencies:
- {name: twig, version: 1.0.0, repository: "", condition: twig.enabled}
- {name: branch, version: 1.0.0, repository: ""}
`,
  'values.yaml': `${values}global: {shared: ours}\ntwig: {enabled: true, value: from above}\nbranch: {}\n`,
  'templates/server.yaml': server(),
  ...below('charts/twig', leaf('twig')),
  'charts/branch-1.0.0.tgz': await archiveOf(below('branch', leaf('branch'))),
})

/**
 * One of everything that a server needs, a hook that goes again, and one object that only this version has; another version
 * changes each but the claim.
 */
const whole = (version: string, own: string): ChartFiles => ({
  'Chart.yaml': about('whole', version),
  'values.yaml': values,
  'templates/hook.yaml': job(
    '{{ .Release.Name }}-migrate',
    ', annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"}',
  ),
  'templates/all.yaml': `
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}, annotations: {version: {{ .Chart.Version | quote }}}}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-chart}
stringData: {version: {{ .Chart.Version | quote }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-config}
data: {version: {{ .Chart.Version | quote }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-${own}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: {{ .Release.Name }}-state}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}, annotations: {version: {{ .Chart.Version | quote }}}}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80}]}
---${deployment(
    '',
    `      serviceAccountName: {{ .Release.Name }}
      volumes: [{name: state, persistentVolumeClaim: {claimName: {{ .Release.Name }}-state}}]
      containers:
      - name: server
        image: "example.com/server:{{ .Chart.Version }}"
        envFrom: [{configMapRef: {name: {{ .Release.Name }}-config}}, {secretRef: {name: {{ .Release.Name }}-login}}]
        volumeMounts: [{name: state, mountPath: /state}]
`,
  )}`,
})

/** Of one version to the next it drops an object, then asks for another selector. */
const moving = (version: string, labels: string, more: ChartFiles = {}): ChartFiles => ({
  ...more,
  'Chart.yaml': about('moving', version),
  'values.yaml': `${values}global: {shared: ours}\n`,
  'templates/server.yaml': server().replaceAll('app: {{ .Release.Name }}', labels),
})

const plain = (name: string): ChartFiles => ({
  'Chart.yaml': about(name),
  'values.yaml': `${values}global: {shared: ours}\n`,
  'templates/server.yaml': server(),
})

/** Does not compress. */
const weight: ChartFiles = { 'files/large.bin': randomBytes(1024 * 1024) }
