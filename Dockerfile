# The service with its embedded store: one process, one folder of data (/data), a user without rights.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE NOTICE ./
RUN python -m venv /opt/textcx \
 && /opt/textcx/bin/pip install --quiet --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY configs configs
COPY textcx textcx
COPY ingest ingest
COPY crawlers crawlers
COPY service service
RUN /opt/textcx/bin/pip install --quiet --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data textcx && mkdir /data && chown textcx /data
COPY --from=build /opt/textcx /opt/textcx
ENV PATH=/opt/textcx/bin:$PATH TEXTCX_DATA=/data PYTHONUNBUFFERED=1
USER textcx
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["textcx", "serve", "--host", "0.0.0.0"]
