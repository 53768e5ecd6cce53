# The first stage builds with the same scripts as a checkout does; the second is Debian, PostgreSQL and the program.
FROM swift:6.3-bookworm AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup build
# The manifest names the tests' folders, so they come along; nothing of them gets into the image.
COPY . .
RUN scripts/build /opt/alma && strip /opt/alma/bin/alma /opt/alma/bin/alma-sandbox

FROM debian:bookworm-slim
COPY --from=build /src/scripts/setup /usr/local/lib/alma/scripts/setup
RUN /usr/local/lib/alma/scripts/setup image \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/alma --shell /usr/sbin/nologin alma \
    && install -d -o alma -g alma -m 700 /var/lib/alma/data
COPY --from=build /opt/alma /usr/local
USER alma
WORKDIR /var/lib/alma
ENV ALMA_HOST=0.0.0.0 ALMA_PORT=8000 ALMA_DATA=/var/lib/alma/data ALMA_LOG_FORMAT=json
VOLUME /var/lib/alma/data
EXPOSE 8000
# Lets runs be handed over and PostgreSQL write everything; give it `--stop-timeout 45`.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD curl --fail --silent "http://127.0.0.1:${ALMA_PORT}/healthz" >/dev/null
ENTRYPOINT ["tini", "--", "alma"]
CMD ["serve"]
