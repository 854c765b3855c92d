{{/* A variable, unless its value is empty: (list NAME VALUE). 0 is a value. */}}
{{- define "desk.variable" -}}
{{- $value := index . 1 -}}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
- name: {{ index . 0 }}
  value: {{ toString $value | quote }}
{{- end }}
{{- end -}}

{{/* A variable from a Secret, unless no Secret is named: (list NAME SECRET KEY). */}}
{{- define "desk.secretVariable" -}}
{{- if index . 1 }}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end }}
{{- end -}}

{{/* The variables of a container: (dict "root" $ "party" "worker" "environment" (list "temporal")). */}}
{{- define "desk.environment" -}}
{{- $all := "" -}}
{{- range .environment -}}
{{- $all = print $all (include (printf "desk.env.%s" .) $) -}}
{{- end -}}
{{- with .root.Values.extraEnv -}}
{{- $all = print $all "\n" (toYaml .) -}}
{{- end -}}
{{- $all | trim -}}
{{- end -}}

{{/* The connection to Temporal. */}}
{{- define "desk.env.temporal" -}}
{{- $connection := .root.Values.connection -}}
{{- include "desk.variable" (list "TEMPORAL_ADDRESS" (include "desk.temporalAddress" .root)) }}
{{- include "desk.variable" (list "TEMPORAL_NAMESPACE" $connection.namespace) }}
{{- include "desk.secretVariable" (list "TEMPORAL_API_KEY" $connection.apiKey.existingSecret $connection.apiKey.key) }}
{{- with $connection.tls }}
{{- if .enabled }}
{{- include "desk.variable" (list "TEMPORAL_TLS" "true") }}
{{- include "desk.variable" (list "TEMPORAL_TLS_SERVER_NAME" .serverName) }}
{{- if get .secrets $.party }}
{{- if .privateAuthority }}
{{- include "desk.variable" (list "TEMPORAL_TLS_SERVER_CA_CERT_PATH" "/etc/certificates/ca.crt") }}
{{- end }}
{{- include "desk.variable" (list "TEMPORAL_TLS_CLIENT_CERT_PATH" "/etc/certificates/tls.crt") }}
{{- include "desk.variable" (list "TEMPORAL_TLS_CLIENT_KEY_PATH" "/etc/certificates/tls.key") }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "desk.env.agreements" -}}
{{- with .root.Values.policies }}
{{- if or .existingConfigMap .files }}
{{- include "desk.variable" (list "DESK_POLICIES" "/etc/desk/policies") }}
{{- end }}
{{- end }}
{{- with .root.Values.contracts }}
{{- if or .existingConfigMap .files }}
{{- include "desk.variable" (list "DESK_CONTRACTS" "/etc/desk/contracts") }}
{{- end }}
{{- include "desk.variable" (list "DESK_CONTRACTS_URL" .url) }}
{{- include "desk.secretVariable" (list "DESK_CONTRACTS_SECRET" .existingSecret .key) }}
{{- include "desk.variable" (list "DESK_CONTRACTS_TIMEOUT_SECONDS" .timeoutSeconds) }}
{{- include "desk.variable" (list "DESK_CONTRACTS_TTL_SECONDS" .ttlSeconds) }}
{{- end }}
{{- end -}}

{{- define "desk.env.telemetry" -}}
{{- $address := .root.Values.listenAddress -}}
{{- $host := ternary (printf "[%s]" $address) $address (contains ":" $address) -}}
{{- include "desk.variable" (list "DESK_LOG_FORMAT" .root.Values.telemetry.logFormat) }}
{{- include "desk.variable" (list "DESK_METRICS_ADDRESS" (printf "%s:%v" $host .root.Values.telemetry.metricsPort)) }}
{{- include "desk.variable" (list "OTEL_EXPORTER_OTLP_ENDPOINT" .root.Values.telemetry.otlpEndpoint) }}
{{- end -}}

{{- define "desk.env.encryption" -}}
{{- with .root.Values.encryption }}
{{- if .enabled }}
{{- include "desk.variable" (list "DESK_ENCRYPTION_STORE" .store.url) }}
{{- include "desk.secretVariable" (list "PGPASSWORD" .store.existingSecret .store.key) }}
{{- if .store.authoritySecret }}
{{- include "desk.variable" (list "PGSSLROOTCERT" "/etc/desk/key-store/ca.crt") }}
{{- end }}
{{- if .masterKeys.existingSecret }}
{{- include "desk.variable" (list "DESK_ENCRYPTION_KEYS_FILE" "/run/secrets/master-keys/master-keys.json") }}
{{- end }}
{{- include "desk.variable" (list "DESK_ENCRYPTION_KMS_URL" .kms.url) }}
{{- if .kms.url }}
{{- include "desk.variable" (list "DESK_ENCRYPTION_KMS_TOKEN_FILE" "/run/secrets/kms/token") }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "desk.env.identity" -}}
{{- with .root.Values.identity }}
{{- if .tokens.existingSecret }}
{{- include "desk.variable" (list "DESK_TOKENS_FILE" "/run/secrets/tokens/tokens.json") }}
{{- end }}
{{- if or .oidc.existingConfigMap .oidc.issuers }}
{{- include "desk.variable" (list "DESK_OIDC_FILE" "/etc/desk/oidc/oidc.yaml") }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "desk.env.proofs" -}}
{{- with .root.Values.proofs }}
{{- include "desk.secretVariable" (list "DESK_PROOF_KEY" .existingSecret .key) }}
{{- end }}
{{- end -}}

{{- define "desk.env.agents" -}}
{{- if or .root.Values.identity.agents.existingConfigMap .root.Values.identity.agents.agents }}
{{- include "desk.variable" (list "DESK_AGENTS_FILE" "/etc/desk/agents/agents.yaml") }}
{{- end }}
{{- end -}}

{{- define "desk.env.notices" -}}
{{- with .root.Values.mail }}
{{- include "desk.variable" (list "DESK_MAIL_HOST" .host) }}
{{- include "desk.variable" (list "DESK_MAIL_PORT" .port) }}
{{- include "desk.variable" (list "DESK_MAIL_TLS" .tls) }}
{{- include "desk.variable" (list "DESK_MAIL_USERNAME" .username) }}
{{- include "desk.secretVariable" (list "DESK_MAIL_PASSWORD" .existingSecret .key) }}
{{- include "desk.variable" (list "DESK_MAIL_FROM" .from) }}
{{- include "desk.variable" (list "DESK_MAIL_DOMAIN" .domain) }}
{{- include "desk.variable" (list "DESK_MAIL_CONNECTIONS" .connections) }}
{{- end }}
{{- with .root.Values.pager }}
{{- include "desk.variable" (list "DESK_PAGER_URL" .url) }}
{{- include "desk.secretVariable" (list "DESK_PAGER_KEY" .existingSecret .key) }}
{{- include "desk.variable" (list "DESK_PAGER_TIMEOUT_SECONDS" .timeoutSeconds) }}
{{- include "desk.variable" (list "DESK_PAGER_CONNECTIONS" .connections) }}
{{- end }}
{{- end -}}

{{- define "desk.env.worker" -}}
{{- include "desk.variable" (list "DESK_GRACE_SECONDS" .root.Values.worker.graceSeconds) }}
{{- if .build }}
{{- include "desk.variable" (list "DESK_DEPLOYMENT" .root.Values.worker.deployment) }}
{{- include "desk.variable" (list "DESK_BUILD" .build) }}
{{- end }}
{{- end -}}

{{- define "desk.env.api" -}}
{{- include "desk.variable" (list "DESK_API_HOST" .root.Values.listenAddress) }}
{{- with .root.Values.api }}
{{- include "desk.variable" (list "DESK_API_PORT" .port) }}
{{- include "desk.variable" (list "DESK_OPENINGS_PER_SECOND" .openingsPerSecond) }}
{{- include "desk.variable" (list "DESK_REQUESTS_PER_SECOND" .requestsPerSecond) }}
{{- include "desk.variable" (list "DESK_REQUESTS_PER_SECOND_PER_ADDRESS" .requestsPerSecondPerAddress) }}
{{- include "desk.variable" (list "DESK_MAX_CONNECTIONS" .maxConnections) }}
{{- include "desk.variable" (list "DESK_MAX_CONNECTIONS_PER_ADDRESS" .maxConnectionsPerAddress) }}
{{- include "desk.variable" (list "DESK_TRUSTED_PROXIES" .trustedProxies) }}
{{- include "desk.variable" (list "DESK_ACTION_TIME" .actionTime) }}
{{- end }}
{{- end -}}

{{- define "desk.env.codec" -}}
{{- include "desk.variable" (list "DESK_LOG_FORMAT" .root.Values.telemetry.logFormat) }}
{{- include "desk.variable" (list "DESK_CODEC_HOST" .root.Values.listenAddress) }}
{{- with .root.Values.codec }}
{{- include "desk.variable" (list "DESK_CODEC_PORT" .port) }}
{{- include "desk.variable" (list "DESK_CODEC_ORIGINS" .origins) }}
{{- end }}
{{- end -}}
