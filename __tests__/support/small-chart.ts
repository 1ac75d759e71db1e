import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const template = `apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}, labels: {{ toJson .Values.labels }}}
data:
  version: {{ .Chart.Version | quote }}
  settings.yaml: {{ toYaml .Values.settings | quote }}
---
{{- if .Values.storage }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: {{ .Release.Name }}, annotations: {helm.sh/resource-policy: keep}}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: {{ .Values.storage }}}}
---
{{- end }}
{{- if .Values.port }}
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec:
  type: {{ ternary "LoadBalancer" "ClusterIP" (ne (.Values.address | toString) "") }}
  {{- with .Values.address }}
  loadBalancerIP: {{ . }}
  {{- end }}
  selector: {app: {{ .Release.Name }}}
  ports: [{name: http, port: {{ .Values.port }}, targetPort: 8080}]
---
{{- end }}
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
      annotations: {{ toJson .Values.annotations }}
    spec:
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: main
          image: "small/server:{{ .Values.tag | default .Chart.AppVersion }}"
          resources: {requests: {cpu: {{ .Values.cpu | quote }}, memory: 128Mi}}
          {{- with .Values.secret }}
          env: [{name: LOGIN, valueFrom: {secretKeyRef: {name: {{ . }}, key: login}}}]
          {{- end }}
`

const values = `tag: null
replicas: 1
cpu: 100m
labels: {}
settings: {}
annotations: {}
storage: ""
port: 0
address: ""
secret: ""
`

/**
 * Writes a chart that is small but has what can go wrong: a claim that is kept, an address, a Secret that a pod reads, texts that
 * depend on the version. Gives its folder.
 */
export const smallChart = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-small-chart-'))
  await mkdir(join(folder, 'templates'))
  await writeFile(
    join(folder, 'Chart.yaml'),
    'apiVersion: v2\nname: small\nversion: 0.13.0\nappVersion: 0.13.0\n',
  )
  await writeFile(join(folder, 'values.yaml'), values)
  await writeFile(join(folder, 'templates', 'all.yaml'), template)
  return folder
}
