#!/bin/sh
# Starts Redis or a Sentinel from a copy of its configuration in the volume: Sentinel writes to that file
# which server is the primary, and a server that restarts must not read an older state.
#   start-redis.sh redis.conf|sentinel.conf [line of the first configuration …]
set -eu
source=${REDIS_CONFIGURATION:-/etc/redis}
data=${REDIS_DATA:-/data}
name=$1
shift
if [ ! -f "$data/$name" ]; then
  cat "$source/$name" >"$data/$name.new"
  for line in "$@"; do printf '%s\n' "$line" >>"$data/$name.new"; done
  mv "$data/$name.new" "$data/$name"
fi
case $name in
  sentinel.conf) exec redis-server "$data/$name" --sentinel ;;
  *) exec redis-server "$data/$name" ;;
esac
