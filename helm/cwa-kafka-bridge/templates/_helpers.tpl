{{/* Name of the chart, or what replaces it. */}}
{{- define "cwa-kafka-bridge.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Name of all objects: the release's, with the chart's unless it says so already. */}}
{{- define "cwa-kafka-bridge.fullname" -}}
{{- $name := include "cwa-kafka-bridge.name" . }}
{{- $default := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- .Values.fullnameOverride | default $default | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Labels that never change: what Service and Deployment find the pod by. */}}
{{- define "cwa-kafka-bridge.selectorLabels" -}}
app.kubernetes.io/name: {{ include "cwa-kafka-bridge.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of all objects. */}}
{{- define "cwa-kafka-bridge.labels" -}}
{{ include "cwa-kafka-bridge.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "cwa-kafka-bridge.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "cwa-kafka-bridge.fullname" .) "default") }}
{{- end }}

{{/* Image with its digest, else with its tag. */}}
{{- define "cwa-kafka-bridge.image" -}}
{{- $image := .Values.image }}
{{- if $image.digest }}
{{- printf "%s@%s" $image.repository $image.digest }}
{{- else }}
{{- printf "%s:%s" $image.repository ($image.tag | default .Chart.AppVersion) }}
{{- end }}
{{- end }}

{{/* Port that the bridge listens on: its configuration's, else its default. */}}
{{- define "cwa-kafka-bridge.port" -}}
{{- dig "http" "port" 9464 .Values.configuration | int }}
{{- end }}

{{/* Time to end: what the bridge takes for draining at most (its configuration's, else its default), and 10 s. */}}
{{- define "cwa-kafka-bridge.terminationGracePeriodSeconds" -}}
{{- $drainMs := dig "shutdown" "timeoutMs" 20000 .Values.configuration | float64 }}
{{- add (ceil (divf $drainMs 1000)) 10 }}
{{- end }}
