# Small hosts: --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu takes the CPU-only builds.
FROM python:3.12-slim

ARG TORCH_INDEX=https://pypi.org/simple
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 DLCORE_HOME=/data
WORKDIR /app

COPY requirements.txt .
RUN sed '/^# the tests$/,$d' requirements.txt > app.txt \
    && grep -E '^torch(vision)?==' app.txt > torch.txt \
    && pip install --index-url "$TORCH_INDEX" --extra-index-url https://pypi.org/simple -r torch.txt \
    && pip install -r app.txt

COPY . .
RUN useradd --create-home dlcore && mkdir -p /data static && chown -R dlcore /data static
USER dlcore
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD python -c "import urllib.request as r; r.urlopen('http://localhost:8501/_stcore/health', timeout=4)"
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.headless=true"]
