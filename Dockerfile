# One image for the worker, the API and the set-up, which differ in their command only.

# deploy/digests.sh looks up its digest.
ARG PYTHON_IMAGE=python:3.13.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/desk
# Before the sources, so that a change of code leaves this layer cached.
COPY requirements.runtime.lock /src/
RUN /opt/desk/bin/pip install --quiet --require-hashes -r /src/requirements.runtime.lock
WORKDIR /src
COPY LICENSE README.md pyproject.toml desk.py settings.py worker.py ./
COPY activities activities
COPY api api
COPY backtest backtest
COPY bootstrap bootstrap
COPY commands commands
COPY encryption encryption
COPY policies policies
COPY proof proof
COPY workflows workflows
RUN /opt/desk/bin/pip install --quiet --no-deps --no-build-isolation .

FROM ${PYTHON_IMAGE}

# A fixed uid, so that mounted secrets can be made readable for it.
RUN useradd --system --uid 10001 --create-home desk \
    && install --directory --owner desk --mode 700 /var/lib/desk /var/lib/desk-data-keys
COPY --from=build /opt/desk /opt/desk
ENV PATH=/opt/desk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER desk
WORKDIR /home/desk
CMD ["desk", "--help"]
