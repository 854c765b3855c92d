{{/* The prefix of all names: the release, with the name of the product unless it has it. */}}
{{- define "desk.fullname" -}}
{{- $name := .Values.nameOverride | default "desk" -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- /* A release may have dots, a Service may not. */ -}}
{{- $full | replace "." "-" | trunc 30 | trimSuffix "-" -}}
{{- end -}}

{{/* The labels by which pods of a component are selected: (dict "root" $ "component" "api"). */}}
{{- define "desk.selector" -}}
app.kubernetes.io/name: durable-desk
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- with .build }}
durable-desk/build: {{ include "desk.buildName" . }}
{{- end }}
{{- end -}}

{{- define "desk.labels" -}}
{{ include "desk.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* A build as part of a name. A digest keeps builds apart that differ in other characters only. */}}
{{- define "desk.buildName" -}}
{{- $plain := regexReplaceAll "[^a-z0-9]+" (lower (toString .)) "-" | trimAll "-" -}}
{{- if eq (replace "." "-" (toString .)) $plain -}}
{{- $plain | trunc 20 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" ($plain | trunc 11 | trimSuffix "-") (toString . | sha256sum | trunc 8) | trimPrefix "-" -}}
{{- end -}}
{{- end -}}

{{/* An image: (dict "root" $ "of" BUILD), where a build may have a tag and a digest of its own. */}}
{{- define "desk.image" -}}
{{- $image := .root.Values.image -}}
{{- $own := .of | default dict -}}
{{- $tag := $own.tag | default $image.tag | default .root.Chart.AppVersion -}}
{{- $digest := ternary $own.digest $image.digest (not (empty $own.tag)) -}}
{{- $image.repository }}:{{ $tag }}{{ with $digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* The newest build, whose image sets up and replays. */}}
{{- define "desk.newestImage" -}}
{{- include "desk.image" (dict "root" . "of" (last .Values.worker.builds)) -}}
{{- end -}}

{{/* The port of a URL: (dict "url" URL "default" 443). */}}
{{- define "desk.port" -}}
{{- $parts := urlParse .url -}}
{{- regexFind ":[0-9]+$" $parts.host | trimPrefix ":" | default (ternary "80" "443" (eq $parts.scheme "http")) -}}
{{- end -}}

{{- define "desk.temporalAddress" -}}
{{- if .Values.connection.address -}}
{{- .Values.connection.address -}}
{{- else -}}
{{- ternary .Release.Name (printf "%s-temporal" .Release.Name) (contains "temporal" .Release.Name) }}-frontend:7233
{{- end -}}
{{- end -}}

{{- define "desk.taskQueue" -}}desk{{- end -}}
