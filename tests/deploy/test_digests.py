"""deploy/digests.sh: every image by its digest, or nothing is written.

A program in the place of skopeo answers for the registries, which tests cannot reach.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_deployment import COMPOSE, OURS, ROOT, SERVICES
from tests.tools import tool

OWN = "registry.example:5000/durable-desk:0.1.0"
ANSWERS = """#!/bin/sh
for image; do :; done
echo "sha256:$(printf %s "$image" | sha256sum | cut -c-64)"
"""
REFUSES = """#!/bin/sh
case "$*" in *mailpit*) echo 'no such image' >&2; exit 1;; esac
echo sha256:0000000000000000000000000000000000000000000000000000000000000000
"""


def digest(image: str) -> str:
    return f"sha256:{hashlib.sha256(f'docker://{image}'.encode()).hexdigest()}"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "deploy").mkdir()
    for name in ("docker-compose.yml", "Dockerfile", "deploy/digests.sh"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(checkout: Path, registry: str, *images: str) -> subprocess.CompletedProcess[str]:
    programs = checkout / "programs"
    programs.mkdir()
    (programs / "skopeo").write_text(registry)
    (programs / "skopeo").chmod(0o755)
    return subprocess.run(
        [checkout / "deploy" / "digests.sh", *images],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def written(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


def test_every_service_of_compose_gets_the_digest_of_its_image(checkout: Path) -> None:
    done = run(checkout, ANSWERS)
    assert done.returncode == 0, done.stderr
    services = written(checkout / "docker-compose.digests.yml")["services"]
    assert services.keys() == SERVICES.keys()
    for name, service in SERVICES.items():
        if name in OURS:
            base, _, found = services[name]["build"]["args"]["PYTHON_IMAGE"].partition("@")
            assert found == digest(base)
            assert f"ARG PYTHON_IMAGE={base}\n" in (ROOT / "Dockerfile").read_text()
        else:
            assert services[name] == {"image": f"{service['image']}@{digest(service['image'])}"}
    assert not (checkout / "chart-digest.yaml").exists()


def test_docker_compose_takes_both_files(checkout: Path) -> None:
    compose = tool("docker-compose", "docker-compose")
    run(checkout, ANSWERS)
    done = subprocess.run(
        [compose, "-f", COMPOSE.name, "-f", "docker-compose.digests.yml", "config"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "POSTGRES_PASSWORD": "for-this-test"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    foreign = services.keys() - OURS.keys()
    assert all("@sha256:" in services[name]["image"] for name in foreign)
    assert all(services[name]["build"]["args"]["PYTHON_IMAGE"] for name in OURS)


def test_the_chart_gets_the_digest_of_the_image_that_was_pushed(checkout: Path) -> None:
    assert run(checkout, ANSWERS, OWN).stdout.split() == [
        "docker-compose.digests.yml",
        "chart-digest.yaml",
    ]
    assert written(checkout / "chart-digest.yaml")["image"] == {
        "repository": "registry.example:5000/durable-desk",
        "tag": "0.1.0",
        "digest": digest(OWN),
    }


def test_nothing_is_written_if_a_registry_does_not_answer(checkout: Path) -> None:
    done = run(checkout, REFUSES, OWN)
    assert done.returncode != 0
    assert "mailpit" in done.stderr
    assert not list(checkout.glob("*digest*.y*ml"))


def test_an_image_without_a_tag_is_refused(checkout: Path) -> None:
    done = run(checkout, ANSWERS, "registry.example:5000/durable-desk")
    assert done.returncode == 2
    assert "has no tag" in done.stderr
    assert not list(checkout.glob("*digest*.y*ml"))


def test_no_digest_is_invented_here() -> None:
    values = (ROOT / "deploy" / "helm").rglob("*.yaml")
    assert not [path for path in (COMPOSE, *values) if "sha256:" in path.read_text()]
