/** A small chart with the value keys and the shape of the SkyPilot chart. */
export const chartFiles = (
  version: string,
  odd: { readonly random?: boolean } = {},
): Readonly<Record<string, string>> => ({
  'demo/Chart.yaml': `apiVersion: v2\nname: demo\nversion: ${version}\nappVersion: ${version}\n`,
  'demo/values.yaml': `
apiService:
  tag: null
  replicas: 1
  annotations: null
  extra: true
  selector: web
ingress: {authSecret: null, host: null}
lb: {loadBalancerIP: null}
storage: {size: 10Gi, annotations: {}}
settings: {}
`,
  'demo/templates/system.yaml': `
{{- if lt (int .Values.apiService.replicas) 1 }}{{ fail "one replica at least" }}{{ end }}
{{- if not (lookup "v1" "Namespace" "" "demo-system") }}
apiVersion: v1
kind: Namespace
metadata: {name: demo-system, annotations: {helm.sh/resource-policy: keep}, labels: {helm.sh/chart: "demo-{{ .Chart.Version }}"}}
{{- end }}
`,
  'demo/templates/all.yaml': `
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}, annotations: null}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-basic}
stringData: {password: canary-in-the-chart}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-config}
data:
  mode: {{ .Values.settings.mode | default "plain" | quote }}
  cluster: {{ .Capabilities.KubeVersion.Version | quote }}
  config.yaml: |
    url: postgres://u:canary-in-url@db/x
    password: canary-in-text
${odd.random === true ? '  nonce: {{ randAlphaNum 12 | quote }}' : ''}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-state
  annotations: {{ toYaml .Values.storage.annotations | nindent 4 }}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: {{ .Values.storage.size }}}}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-lb}
spec:
  type: LoadBalancer
  loadBalancerIP: {{ .Values.lb.loadBalancerIP }}
  selector: {app: {{ .Values.apiService.selector }}}
  ports: [{name: http, port: 80, targetPort: http}]
---
{{- if .Values.apiService.extra }}
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-extra}
spec:
  selector: {app: {{ .Values.apiService.selector }}}
  ports: [{port: 9090}]
---
{{- end }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}-ingress
  annotations: {nginx.ingress.kubernetes.io/auth-secret: {{ .Values.ingress.authSecret }}}
spec:
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}-api-server}
spec:
  replicas: {{ .Values.apiService.replicas }}
  minReadySeconds: 0
  strategy: {type: Recreate}
  selector: {matchLabels: {app: {{ .Values.apiService.selector }}}}
  template:
    metadata:
      labels: {app: {{ .Values.apiService.selector }}}
      annotations: {{ toYaml .Values.apiService.annotations | nindent 8 }}
    spec:
      containers:
      - name: server
        image: demo/server:{{ .Values.apiService.tag | default .Chart.AppVersion }}
        ports: [{name: http, containerPort: 46580}]
        resources: {requests: {cpu: "1000m", memory: 2048Mi}}
        env:
        - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        - {name: DB_PASSWORD, value: canary-in-env}
        volumeMounts: [{name: state, mountPath: /root}, {name: tmp, mountPath: /tmp}]
      volumes:
      - {name: state, persistentVolumeClaim: {claimName: {{ .Release.Name }}-state}}
      - {name: tmp, emptyDir: {}}
`,
})
