{{/* What the schema of the values cannot say. All objections at once, each with what to set. */}}
{{- define "desk.validate" -}}
{{- $wrong := list -}}
{{- if not (or .Values.connection.address .Values.temporal.enabled) -}}
{{- $wrong = append $wrong "connection.address is empty: set host:port of Temporal's frontend" -}}
{{- end -}}
{{- if and .Values.connection.address (not (regexMatch ":[0-9]+$" .Values.connection.address)) -}}
{{- $wrong = append $wrong "connection.address has no port: write it as temporal-frontend.temporal:7233" -}}
{{- end -}}
{{- if not (or .Values.identity.tokens.existingSecret .Values.identity.oidc.issuers .Values.identity.oidc.existingConfigMap) -}}
{{- $wrong = append $wrong "nobody could use the API: set identity.tokens.existingSecret, identity.oidc.issuers or identity.oidc.existingConfigMap" -}}
{{- end -}}
{{- with .Values.contracts -}}
{{- if not (or .existingConfigMap .files .url) -}}
{{- $wrong = append $wrong "there are no contracts: set contracts.existingConfigMap, contracts.files or contracts.url" -}}
{{- end -}}
{{- if ne (empty .url) (empty .existingSecret) -}}
{{- $wrong = append $wrong "set both contracts.url and contracts.existingSecret, or neither" -}}
{{- end -}}
{{- end -}}
{{- with .Values.encryption -}}
{{- if .enabled -}}
{{- if not (regexMatch "^postgres(ql)?://" .store.url) -}}
{{- $wrong = append $wrong "encryption.store.url is no PostgreSQL URL: pods need one store of data keys. encryption.enabled=false leaves histories in clear" -}}
{{- end -}}
{{- if not (or .masterKeys.existingSecret .kms.url) -}}
{{- $wrong = append $wrong "there is no master key: set encryption.masterKeys.existingSecret or encryption.kms.url" -}}
{{- end -}}
{{- if ne (empty .kms.url) (empty .kms.existingSecret) -}}
{{- $wrong = append $wrong "set both encryption.kms.url and encryption.kms.existingSecret, or neither" -}}
{{- end -}}
{{- end -}}
{{- if and $.Values.codec.enabled (not .enabled) -}}
{{- $wrong = append $wrong "codec.enabled needs encryption.enabled: there is nothing to decrypt" -}}
{{- end -}}
{{- end -}}
{{- if ne (empty .Values.pager.url) (empty .Values.pager.existingSecret) -}}
{{- $wrong = append $wrong "set both pager.url and pager.existingSecret, or neither" -}}
{{- end -}}
{{- if ne (empty .Values.mail.username) (empty .Values.mail.existingSecret) -}}
{{- $wrong = append $wrong "set both mail.username and mail.existingSecret, or neither" -}}
{{- end -}}
{{- if not .Values.mail.host -}}
{{- $wrong = append $wrong "mail.host is empty: notices are sent by e-mail" -}}
{{- end -}}
{{- with .Values.worker -}}
{{- if ne (empty .deployment) (empty .builds) -}}
{{- $wrong = append $wrong "set both worker.deployment and worker.builds, or neither" -}}
{{- end -}}
{{- $seen := list -}}
{{- range .builds -}}
{{- $name := include "desk.buildName" .build -}}
{{- if has $name $seen -}}
{{- $wrong = append $wrong (printf "worker.builds has two builds named %s" $name) -}}
{{- end -}}
{{- $seen = append $seen $name -}}
{{- end -}}
{{- if and .autoscaling.enabled (not .autoscaling.prometheus.address) -}}
{{- $wrong = append $wrong "worker.autoscaling needs worker.autoscaling.prometheus.address" -}}
{{- end -}}
{{- if gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas) -}}
{{- $wrong = append $wrong "worker.autoscaling.minReplicas is above maxReplicas" -}}
{{- end -}}
{{- end -}}
{{- with .Values.api -}}
{{- if gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas) -}}
{{- $wrong = append $wrong "api.autoscaling.minReplicas is above maxReplicas" -}}
{{- end -}}
{{- if and .ingress.enabled (not (and .ingress.host .ingress.tlsSecret)) -}}
{{- $wrong = append $wrong "api.ingress needs api.ingress.host and api.ingress.tlsSecret: tokens do not cross a network in clear" -}}
{{- end -}}
{{- end -}}
{{- if $wrong -}}
{{- fail (printf "\n- %s" (join "\n- " $wrong)) -}}
{{- end -}}
{{- end -}}
