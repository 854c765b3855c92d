#!/usr/bin/env bash
# Looks up the digests of all images, by which a registry cannot give you another image later.
#
#   deploy/digests.sh                                      for Docker Compose: docker-compose.digests.yml
#   deploy/digests.sh registry.example/durable-desk:0.1.0  also for the chart: chart-digest.yaml
#
# It asks the registries, with skopeo or with Docker's buildx, and writes nothing unless all answer.
# docs/deploy.md explains how to use the files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

digest_of() {
    local found
    if command -v skopeo >/dev/null; then
        found=$(skopeo inspect --no-tags --format '{{.Digest}}' "docker://$1")
    elif command -v docker >/dev/null; then
        found=$(docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}')
    else
        echo 'Install skopeo or Docker: neither is here.' >&2
        exit 1
    fi
    if [[ ! $found =~ ^sha256:[0-9a-f]{64}$ ]]; then
        echo "$1 has no digest: $found" >&2
        exit 1
    fi
    echo "$found"
}

# Each service with its image, or with `-` if it is built here.
services() {
    awk '/^[a-z]/ { inside = /^services:/ }
         inside && /^  [a-z-]+:$/ { if (name) print name, image; name = $1; sub(":", "", name); image = "-" }
         inside && /^    image:/ { image = $2 }
         END { print name, image }' docker-compose.yml
}

if (($#)) && [[ ! $1 =~ :[A-Za-z0-9_][A-Za-z0-9_.-]*$ ]]; then
    echo "$1 has no tag: write it as registry.example/durable-desk:0.1.0" >&2
    exit 2
fi

base=$(sed -n 's/^ARG PYTHON_IMAGE=//p' Dockerfile)
base_digest=$(digest_of "$base")
compose="# Written by deploy/digests.sh.
services:"
while read -r service image; do
    if [[ $image == - ]]; then
        compose+="
  $service:
    build:
      context: .
      args:
        PYTHON_IMAGE: $base@$base_digest"
    else
        compose+="
  $service:
    image: $image@$(digest_of "$image")"
    fi
done < <(services)

chart=''
if (($#)); then
    own=$1 repository=${1%:*} tag=${1##*:}
    chart="# Written by deploy/digests.sh.
image:
  repository: $repository
  tag: \"$tag\"
  digest: $(digest_of "$own")"
fi

echo "$compose" >docker-compose.digests.yml
echo docker-compose.digests.yml
if [[ $chart ]]; then
    echo "$chart" >chart-digest.yaml
    echo chart-digest.yaml
fi
