#!/bin/sh
# Makes a fresh Debian 12 instance a reverse proxy. Run by user data as root, with this
# folder anywhere and the values in /etc/sidetier/edge.env:
#
#     mkdir -p /etc/sidetier /opt/sidetier/source
#     aws s3 cp s3://BUCKET/edge.tar.gz - | tar -xz -C /opt/sidetier/source
#     cat >/etc/sidetier/edge.env <<END
#     TRUSTED_CIDR=10.0.0.0/16
#     WEB_UPSTREAM=internal-web.example:8080
#     AUTO_SCALING_GROUP=...
#     LIFECYCLE_HOOK=...
#     AWS_REGION=...
#     END
#     sh /opt/sidetier/source/edge/install.sh
#
# A second run changes what is different and starts nginx anew.
set -eu
export DEBIAN_FRONTEND=noninteractive
source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
values=/etc/sidetier/edge.env
[ -s "$values" ] || {
    echo "install.sh: $values is missing" >&2
    exit 1
}

# Debian's own service would take port 80 with a welcome page.
systemctl mask nginx.service
apt-get update
apt-get install --yes --no-install-recommends awscli ca-certificates curl libnginx-mod-http-modsecurity \
    logrotate modsecurity-crs nginx openssl

if [ "$source" != /opt/sidetier/edge ]; then
    rm -rf /opt/sidetier/edge
    mkdir -p /opt/sidetier
    cp -R "$source" /opt/sidetier/edge
fi
chmod -R go-w /opt/sidetier/edge
grep -q '^STATE_DIR=' "$values" || printf '%s\n' \
    STATE_DIR=/var/lib/sidetier-edge LOG_DIR=/var/log/sidetier-edge >>"$values"
install -m 644 /opt/sidetier/edge/systemd/* /etc/systemd/system/
install -m 644 /opt/sidetier/edge/logrotate.conf /etc/logrotate.d/sidetier-edge

systemctl daemon-reload
systemctl enable sidetier-edge.service sidetier-edge-upstreams.timer sidetier-edge-drain.service
systemctl restart sidetier-edge.service
systemctl restart sidetier-edge-upstreams.timer sidetier-edge-drain.service

# What calls this may go on (cfn-signal) when the health check is answered.
tls=$(sed -n 's/^TLS_LISTEN=//p' "$values")
tls=${tls##*:}
for _ in 1 2 3 4 5 6 7 8 9 10; do
    curl -fksS -m 2 "https://127.0.0.1:${tls:-443}/healthz" && exit 0
    sleep 1
done
echo "install.sh: nginx does not answer" >&2
exit 1
