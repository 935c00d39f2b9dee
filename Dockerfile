# The image of a school. Targets: `app` (web, worker, beat, migrations) and `proxy` (nginx with the static files).

FROM node:22-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY frontend ./frontend
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt

FROM python:3.11-slim-bookworm AS app
# pango and its friends draw certificates, and names in downloaded videos; the fonts cover names in most scripts. ffmpeg
# makes videos.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/baobab --create-home baobab \
    && install --directory --owner baobab --group baobab /var/lib/baobab/media
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BAOBAB_ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    VAR_DIR=/var/lib/baobab \
    STATIC_ROOT=/srv/static
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=browser /build/static/dist static/dist
# The key is for this one command; the school's own comes from its environment.
RUN find locale -name '*.po' -exec sh -c 'pybabel --quiet compile -i "$1" -o "${1%.po}.mo"' _ {} \; \
    && SECRET_KEY=only-for-collecting-static-files-in-the-build ALLOWED_HOSTS=localhost VAR_DIR=/tmp/build \
        python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build
USER baobab
VOLUME /var/lib/baobab
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "cms.wsgi", "--config", "cms/gunicorn.py"]

FROM debian:bookworm-slim AS proxy
RUN apt-get update \
    && apt-get install --yes --no-install-recommends nginx-light libnginx-mod-http-brotli-static \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/nginx/nginx.conf /etc/nginx/nginx.conf
COPY deploy/nginx/to_app.conf deploy/nginx/media.conf /etc/nginx/baobab/
COPY --from=app /srv/static /srv/static
USER www-data
EXPOSE 8080
CMD ["nginx", "-g", "daemon off;"]
