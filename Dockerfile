# The image of cwa-bridge; docs/deployment.md says how it is built and run.
ARG NODE_IMAGE=node:24-slim

# Compiles src to dist.
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY .npmrc package.json package-lock.json ./
# The optional dependency is a Node.js for machines that lack one; the base image has it.
RUN npm ci --omit=optional --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

# What the program needs at run time, without the tools that compiled it.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /build
COPY .npmrc package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

# Kerberos is added by an image on top of this one: docs/sign-in.md.
FROM ${NODE_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cwa-kafka-bridge" \
      org.opencontainers.image.description="Publishes the events of Communicator Web Access to Kafka, exactly once and in order" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /build/node_modules node_modules
COPY --from=build /build/dist dist
# Says that the files are ES modules, and the version.
COPY package.json ./

# The user "node" of the base image, as a number: Kubernetes can then see that it is not root.
USER 1000:1000
EXPOSE 9464
# Asks the daemon whether its loops turn. The port follows the environment, not the configuration file.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CWA_BRIDGE_HTTP_PORT ?? 9464}/livez`, { signal: AbortSignal.timeout(4000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# No shell between: SIGTERM reaches the program and drains it. Nothing is written to the file system.
ENTRYPOINT ["node", "--disable-warning=TimeoutNegativeWarning", "dist/main.js"]
CMD ["run", "--config", "/etc/cwa-bridge/bridge.yaml"]
