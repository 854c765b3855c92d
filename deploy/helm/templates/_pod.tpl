{{/* What all pods have in common: (dict "root" $ "component" "api"). */}}
{{- define "desk.pod" -}}
serviceAccountName: {{ include "desk.fullname" .root }}-{{ .component }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  # Makes mounted Secrets readable for the process, and for nobody else.
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Pods of one component on different nodes and in different zones. */}}
{{- define "desk.spread" -}}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $.root.Values.topologySpread }}
    labelSelector:
      matchLabels: {{- include "desk.selector" $ | nindent 8 }}
    # Counts the pods of one release of the Deployment, also while another replaces it.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end -}}

{{- define "desk.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* Mounts: (dict "root" $ "party" "worker" "needs" (list "agreements" "encryption")). */}}
{{- define "desk.mounts" -}}
{{- $values := .root.Values -}}
- {name: tmp, mountPath: /tmp}
{{- if include "desk.certificates" . }}
- {name: certificates, mountPath: /etc/certificates, readOnly: true}
{{- end }}
{{- if has "agreements" .needs }}
{{- if or $values.policies.existingConfigMap $values.policies.files }}
- {name: policies, mountPath: /etc/desk/policies, readOnly: true}
{{- end }}
{{- if or $values.contracts.existingConfigMap $values.contracts.files }}
- {name: contracts, mountPath: /etc/desk/contracts, readOnly: true}
{{- end }}
{{- end }}
{{- if and (has "encryption" .needs) $values.encryption.enabled }}
{{- if $values.encryption.masterKeys.existingSecret }}
- {name: master-keys, mountPath: /run/secrets/master-keys, readOnly: true}
{{- end }}
{{- if $values.encryption.kms.url }}
- {name: kms, mountPath: /run/secrets/kms, readOnly: true}
{{- end }}
{{- if $values.encryption.store.authoritySecret }}
- {name: key-store, mountPath: /etc/desk/key-store, readOnly: true}
{{- end }}
{{- end }}
{{- if has "identity" .needs }}
{{- if $values.identity.tokens.existingSecret }}
- {name: tokens, mountPath: /run/secrets/tokens, readOnly: true}
{{- end }}
{{- if or $values.identity.oidc.existingConfigMap $values.identity.oidc.issuers }}
- {name: oidc, mountPath: /etc/desk/oidc, readOnly: true}
{{- end }}
{{- end }}
{{- if and (has "agents" .needs) (or $values.identity.agents.existingConfigMap $values.identity.agents.agents) }}
- {name: agents, mountPath: /etc/desk/agents, readOnly: true}
{{- end }}
{{- end -}}

{{- define "desk.volumes" -}}
{{- $values := .root.Values -}}
{{- $name := include "desk.fullname" .root -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- with include "desk.certificates" . }}
{{- include "desk.secretVolume" (list "certificates" .) }}
{{- end }}
{{- if has "agreements" .needs }}
{{- include "desk.filesVolume" (list "policies" $values.policies $name) }}
{{- include "desk.filesVolume" (list "contracts" $values.contracts $name) }}
{{- end }}
{{- if and (has "encryption" .needs) $values.encryption.enabled }}
{{- with $values.encryption }}
{{- if .masterKeys.existingSecret }}
{{- include "desk.secretVolume" (list "master-keys" .masterKeys.existingSecret .masterKeys.key "master-keys.json") }}
{{- end }}
{{- if .kms.url }}
{{- include "desk.secretVolume" (list "kms" .kms.existingSecret .kms.key "token") }}
{{- end }}
{{- if .store.authoritySecret }}
{{- include "desk.secretVolume" (list "key-store" .store.authoritySecret .store.authorityKey "ca.crt") }}
{{- end }}
{{- end }}
{{- end }}
{{- if has "identity" .needs }}
{{- with $values.identity }}
{{- if .tokens.existingSecret }}
{{- include "desk.secretVolume" (list "tokens" .tokens.existingSecret .tokens.key "tokens.json") }}
{{- end }}
{{- if or .oidc.existingConfigMap .oidc.issuers }}
- name: oidc
  configMap:
    name: {{ .oidc.existingConfigMap | default (printf "%s-oidc" $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- if has "agents" .needs }}
{{- with $values.identity.agents }}
{{- if or .existingConfigMap .agents }}
- name: agents
  configMap:
    name: {{ .existingConfigMap | default (printf "%s-agents" $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The Secret with the certificate of a party, or nothing. */}}
{{- define "desk.certificates" -}}
{{- with .root.Values.connection.tls -}}
{{- if and .enabled $.party -}}
{{- get .secrets $.party -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A Secret as files: (list VOLUME SECRET), or with one key only: KEY FILE. */}}
{{- define "desk.secretVolume" }}
- name: {{ index . 0 }}
  secret:
    secretName: {{ index . 1 }}
    # With fsGroup: readable for the group only.
    defaultMode: 0440
    {{- if gt (len .) 2 }}
    items:
      - {key: {{ index . 2 }}, path: {{ index . 3 }}}
    {{- end }}
{{- end -}}

{{/* Policies or contracts: (list VOLUME VALUES PREFIX). Keys of a ConfigMap have no folders. */}}
{{- define "desk.filesVolume" -}}
{{- $source := index . 1 -}}
{{- if or $source.existingConfigMap $source.files }}
- name: {{ index . 0 }}
  configMap:
    name: {{ $source.existingConfigMap | default (printf "%s-%s" (index . 2) (index . 0)) }}
    {{- if not $source.existingConfigMap }}
    items:
      {{- range $file, $_ := $source.files }}
      - {key: {{ $file | replace "/" "__" }}, path: {{ $file }}}
      {{- end }}
    {{- end }}
{{- end }}
{{- end -}}

{{/* Replaces pods when a file changes that processes read at start only. */}}
{{- define "desk.annotations" -}}
checksum/agreements: {{ list .Values.policies.files .Values.contracts.files .Values.identity.oidc.issuers | toJson | sha256sum }}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What a hook needs exists before it and goes with it. */}}
{{- define "desk.hookAnnotations" -}}
{{- if has .component (list "setup" "replay") -}}
annotations:
  helm.sh/hook: {{ ternary (ternary "post-install,pre-upgrade" "pre-install,pre-upgrade" .root.Values.temporal.enabled) "pre-upgrade,pre-rollback" (eq .component "setup") }}
  helm.sh/hook-weight: "-10"
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
{{- end -}}
