# reelay with everything that it needs: Chrome, ffmpeg and fonts.
#
#   docker build -t reelay .
#   docker run --rm --network none --security-opt seccomp=docker/seccomp.json \
#     -v "$PWD:/work" --user "$(id -u):$(id -g)" reelay render session.json -o clip.mp4
#
# --network none    A recording is somebody else's web page. reelay gives it no
#                   way out by itself; this makes the kernel say so as well.
# --security-opt    Chrome's sandbox makes user namespaces, which Docker's own
#                   seccomp profile forbids. Ours allows them and keeps the
#                   rest of Docker's restrictions. Without it Chrome does not
#                   start, and the choice is --no-sandbox, which leaves a
#                   hostile recording nothing but the container to break out of.
# --user            The clip should belong to you, not to the image's user.

# The browser side, which the Go program embeds.
FROM node:20.20.2-bookworm-slim AS web
WORKDIR /src
COPY player/web/package.json player/web/package-lock.json player/web/
COPY recorder/script/package.json recorder/script/package-lock.json recorder/script/
RUN npm --prefix player/web ci --no-audit --no-fund \
	&& npm --prefix recorder/script ci --no-audit --no-fund
COPY player/web player/web
COPY recorder/script recorder/script
RUN npm --prefix player/web run build \
	&& npm --prefix recorder/script run build

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/player/web/dist player/web/dist
COPY --from=web /src/recorder/script/dist recorder/script/dist
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /reelay ./cmd/reelay

FROM debian:12.15-slim
# Chrome and ffmpeg come from Debian without a version: an old Chrome is a hole.
# reelay visit and reelay demo want a full Chromium as well, which isn't here.
# The Noto fonts take 100 MB; without them Chinese, Japanese, Korean and emoji
# show as boxes.
RUN apt-get update \
	&& apt-get install -y --no-install-recommends \
		ca-certificates \
		chromium-headless-shell \
		ffmpeg \
		fontconfig \
		fonts-dejavu-core \
		fonts-liberation \
		fonts-noto-cjk \
		fonts-noto-color-emoji \
		tini \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --create-home --uid 1000 reelay
COPY --from=build /reelay /usr/local/bin/reelay
USER reelay
# Any user id may run it: what a render needs for itself goes to /tmp.
ENV HOME=/tmp
WORKDIR /work
# tini reaps what Chrome leaves behind, and passes signals on.
ENTRYPOINT ["tini", "--", "reelay"]
CMD ["--help"]
