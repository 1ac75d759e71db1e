{{- define "skypilot.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "skypilot.account" -}}
{{- .Values.rbac.serviceAccountName | default (printf "%s-api-sa" (include "skypilot.fullname" .)) -}}
{{- end -}}

{{- define "skypilot.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "skypilot.nginx.selector" -}}
app.kubernetes.io/name: ingress-nginx
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller
{{- end -}}

{{- define "skypilot.nginx.labels" -}}
helm.sh/chart: ingress-nginx-4.11.8
{{ include "skypilot.nginx.selector" . }}
app.kubernetes.io/version: "1.11.8"
app.kubernetes.io/part-of: ingress-nginx
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "skypilot.image" -}}
{{- with .root.Values.global.imageRegistry }}{{ . | trimSuffix "/" }}/{{ end }}{{ .image -}}
{{- end -}}

{{/* Cores of a CPU quantity and bytes of a memory quantity, cut to whole numbers. */}}
{{- define "skypilot.cores" -}}
{{- $text := toString . -}}
{{- if hasSuffix "m" $text }}{{ div (trimSuffix "m" $text | int64) 1000 }}{{ else }}{{ $text | float64 | floor | int64 }}{{ end -}}
{{- end -}}
{{- define "skypilot.gibibytes" -}}
{{- $text := toString . -}}
{{- if hasSuffix "Mi" $text }}{{ div (trimSuffix "Mi" $text | int64) 1024 }}
{{- else if hasSuffix "Gi" $text }}{{ trimSuffix "Gi" $text | int64 }}
{{- else if hasSuffix "G" $text }}{{ trimSuffix "G" $text | int64 }}
{{- else }}{{ div (int64 $text) 1073741824 }}{{ end -}}
{{- end -}}

{{/* What the chart refuses. */}}
{{- define "skypilot.check" -}}
{{- $api := .Values.apiService -}}
{{- $database := or $api.dbConnectionSecretName $api.dbConnectionString -}}
{{- if not $api.skipResourceCheck -}}
{{- $cpu := include "skypilot.cores" $api.resources.requests.cpu | int64 -}}
{{- $memory := include "skypilot.gibibytes" $api.resources.requests.memory | int64 -}}
{{- if or (lt $cpu 4) (lt $memory 8) -}}
{{- fail (printf "the API server needs requests of at least 4 CPUs and 8Gi of memory, apiService.resources.requests says %v and %v (apiService.skipResourceCheck turns this check off)" $api.resources.requests.cpu $api.resources.requests.memory) -}}
{{- end -}}
{{- end -}}
{{- if and $database $api.config -}}
{{- fail "apiService.config must be null when apiService.dbConnectionSecretName or apiService.dbConnectionString is set: the configuration is then kept in the database" -}}
{{- end -}}
{{- if eq $api.upgradeStrategy "RollingUpdate" -}}
{{- if not $database -}}
{{- fail "apiService.upgradeStrategy RollingUpdate needs a database: set apiService.dbConnectionSecretName" -}}
{{- end -}}
{{- if and .Values.storage.enabled (ne .Values.storage.accessMode "ReadWriteMany") -}}
{{- fail "apiService.upgradeStrategy RollingUpdate needs storage.enabled=false or storage.accessMode ReadWriteMany" -}}
{{- end -}}
{{- end -}}
{{- end -}}
