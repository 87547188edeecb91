# The portal's image: web, workers, beat and migrate start from it with different commands (docker-compose.yml).
# tests/setup/test_image.py runs these steps in an empty folder, with these names and no others in the environment.

FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /build
COPY requirements/uv.txt requirements/runtime.txt requirements/
RUN python -m venv --without-pip /opt/portal \
 && pip install --no-cache-dir --require-hashes --target /opt/uv -r requirements/uv.txt \
 && /opt/uv/bin/uv --no-cache pip install --python /opt/portal/bin/python --compile-bytecode --require-hashes -r requirements/runtime.txt

# The face of Urdu pages, which no Python package carries: two files of a package that is otherwise not needed.
FROM python:3.11.14-slim-bookworm AS nastaliq
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-core \
 && mkdir -p /opt/nastaliq \
 && cp /usr/share/fonts/truetype/noto/NotoNastaliqUrdu-*.ttf /opt/nastaliq/

FROM python:3.11.14-slim-bookworm
ENV PATH=/opt/portal/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=tdap_portal.settings.production \
    VAR_DIR=/var/lib/portal \
    NASTALIQ_FOLDER=/opt/nastaliq
# Both folders are volumes, which take over who owns them here.
RUN useradd --system --uid 10001 --home-dir /var/lib/portal --no-create-home portal \
 && mkdir -p /var/lib/portal /var/lib/anchor \
 && chown portal:portal /var/lib/portal /var/lib/anchor
COPY --from=packages /opt/portal /opt/portal
COPY --from=nastaliq /opt/nastaliq /opt/nastaliq
WORKDIR /srv/portal
COPY manage.py ./
# manage.py compares what is installed with the locks.
COPY requirements requirements
COPY tdap_portal tdap_portal
COPY smes smes
COPY selection selection
COPY training training
COPY payments payments
COPY templates templates
COPY static static
COPY locale locale
# Translations, fonts and static files are made here, so that the running container needs to write to none. What production
# demands before it starts is made up for this one step and reaches no layer's environment.
RUN python -m compileall -q manage.py tdap_portal smes selection training payments \
 && key() { python -c 'import secrets; print(secrets.token_hex(32))'; } \
 && export SECRET_KEY="$(key)" FINGERPRINT_KEY="$(key)" AUDIT_KEY="$(key)" TRUSTED_PROXY_COUNT=1 \
           DATABASE_URL=postgres://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
           ALLOWED_HOSTS=build.invalid SITE_URL=https://build.invalid EMAIL_URL=smtp+tls://build.invalid:587 \
           VAR_DIR="$(mktemp -d)" STATIC_ROOT=/srv/portal/staticfiles \
 && python manage.py compile_catalogues \
 && python manage.py collectstatic --noinput --verbosity 0
ENV STATIC_ROOT=/srv/portal/staticfiles
USER portal
EXPOSE 8000
CMD ["gunicorn", "tdap_portal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", \
     "--max-requests", "2000", "--max-requests-jitter", "200", "--access-logfile", "-", \
     "--logger-class", "tdap_portal.web.access_log.AccessLogger"]
