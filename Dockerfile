# The shop in a container: no secrets inside, no root, static files ready. See compose.yaml.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --no-create-home tilldesk
WORKDIR /app

# Packages first: they change less often than the code.
COPY requirements.txt ./
RUN pip install -r requirements.txt

COPY manage.py ./
COPY config config
COPY fixtures fixtures
COPY templates templates
COPY pos pos

# Only uploaded pictures are written; everything else is in the image or in PostgreSQL.
RUN python -m compileall -q config pos \
 && SECRET_KEY=only-to-collect python manage.py collectstatic --noinput --verbosity 0 \
 && mkdir -p var/media \
 && chown tilldesk var/media
VOLUME /app/var/media

USER tilldesk
ENV HOST=0.0.0.0 \
    PORT=8000
EXPOSE 8000

# Asked under the shop's own name: any other Host is refused.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; host = os.environ.get('ALLOWED_HOSTS', 'localhost').split(',')[0].lstrip('.*') or 'localhost'; u.urlopen(u.Request('http://127.0.0.1:' + os.environ['PORT'] + '/health/', headers={'Host': host}), timeout=4)"]

CMD ["gunicorn", "config.wsgi", "-c", "config/gunicorn.conf.py"]
