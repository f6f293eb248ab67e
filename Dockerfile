# One server: docker build -t convoscope . && docker run -p 127.0.0.1:8501:8501 convoscope
FROM python:3.11-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 convoscope \
 && install --directory --owner convoscope /runs /datasets
WORKDIR /app

# The index of PyTorch's builds without CUDA, as pytorch.org names it, makes a much smaller image.
ARG TORCH_INDEX=
# requirements-cluster.txt, for one that lets runs work on a Ray cluster.
ARG ALSO=requirements.txt
COPY requirements.txt requirements-cluster.txt ./
RUN if [ -n "$TORCH_INDEX" ]; then pip install --no-cache-dir --index-url "$TORCH_INDEX" torch torchvision; fi \
 && pip install --no-cache-dir -r requirements.txt -r "$ALSO"
COPY app.py LICENSE ./
COPY .streamlit .streamlit
COPY vizcore vizcore
COPY pages pages

USER convoscope
ENV CONVOSCOPE_ADDRESS=0.0.0.0 \
    CONVOSCOPE_RUNS=/runs \
    CONVOSCOPE_DATA=/datasets \
    PYTHONDONTWRITEBYTECODE=1
VOLUME ["/runs", "/datasets"]
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8501/healthz', timeout=5)"]
CMD ["python", "-m", "pages.server.serve"]
