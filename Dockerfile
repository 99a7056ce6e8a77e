# The application with its environment: `docker build -t jinling . && docker run --rm jinling demo`.
# `docker run --rm --network host -v jinling:/data jinling serve` opens the page on 127.0.0.1:8000.
FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home jinling && mkdir /app /data && chown jinling /app /data
USER jinling
WORKDIR /app
COPY --chown=jinling Makefile pyproject.toml requirements.lock ./
COPY --chown=jinling tools tools
RUN make venv
COPY --chown=jinling . .
ENV JINLING_HOME=/data NUMBA_CACHE_DIR=/data/numba
VOLUME /data
ENTRYPOINT [".venv/bin/jinling"]
CMD ["--help"]
