#!/bin/sh
# Writes what compose.yaml mounts to deploy/compose/generated/: random secrets, certificates of an authority
# of its own, and configurations that contain them. Files that exist are kept: put a real certificate there as
# tls.crt and tls.key before the first run, or replace it later.
#   sh deploy/compose/prepare.sh [host name of the gateway, by default localhost]
# Needs openssl.
set -eu
host=${1:-localhost}
source=$(cd "$(dirname "$0")" && pwd)
target=${GENERATED_DIR:-$source/generated}
# Other users of this machine cannot enter the folder. The files are readable, because containers mount them
# one by one and have users of their own.
mkdir -p "$target"
chmod 700 "$target"
cd "$target"
umask 022

secret() {
  [ -f "$1" ] || openssl rand -hex 32 | tr -d '\n' >"$1"
}
hash() {
  openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
}
key() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1"
  chmod 644 "$1"
}
# issue <file> <name>: a certificate of the authority for a name, for 825 days.
issue() {
  [ ! -f "$1.crt" ] || return 0
  key "$1.key"
  openssl req -new -key "$1.key" -subj "/CN=$2" -out "$1.csr"
  printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' "$2" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 -sha256 \
    -extfile "$1.ext" -out "$1.crt" 2>/dev/null
  rm "$1.csr" "$1.ext"
}

for name in gateway-secret postgres-password redis-password replication-password sentinel-password grafana-password; do
  secret "$name"
done
printf 'postgresql://gateway:%s@postgres:5432/gateway' "$(cat postgres-password)" >database-url

if [ ! -f ca.crt ]; then
  key ca.key
  chmod 600 ca.key
  openssl req -x509 -new -key ca.key -subj '/CN=compose.yaml of graphql-auth-gateway' -days 3650 -sha256 \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out ca.crt
fi
issue tls "$host"
issue mail mail

# The rights of the gateway are those of docs/state-stores.md.
cat >redis-users.acl <<EOF
user default off
user gateway on #$(hash redis-password) ~gw:* &gw:* &__redis__:invalidate -@all +ping +mget +get +set +getdel +del +incr +pttl +pexpire +eval +evalsha +wait +publish +subscribe +unsubscribe +info +client|id +client|tracking +client|setname +select
user replication on #$(hash replication-password) -@all +psync +replconf +ping
user sentinel on #$(hash sentinel-password) allchannels -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill
EOF
{
  cat "$source/redis.conf"
  printf 'masteruser replication\nmasterauth %s\n' "$(cat replication-password)"
} >redis.conf
{
  cat "$source/sentinel.conf"
  printf 'sentinel auth-user gateway sentinel\nsentinel auth-pass gateway %s\n' "$(cat sentinel-password)"
} >sentinel.conf
sed -e "s/server_name auth\.example\.com;/server_name $host;/" \
  -e 's#/etc/nginx/tls/.*\.crt#/run/secrets/tls-certificate#' -e 's#/etc/nginx/tls/.*\.key#/run/secrets/tls-key#' \
  -e 's#/var/log/nginx/gateway\.log#/dev/stdout#' \
  "$source/../nginx/gateway.conf" >nginx.conf
echo "Written to $target. Clients of https://$host must trust ca.crt."
