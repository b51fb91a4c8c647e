#!/bin/sh
# Starts the bridge in Home Assistant's app: src/ makes its configuration, as root, which alone may read the options.
set -eu
config=$(node /app/src/main.ts)
chown -R node:node /data/state "$config"
exec setpriv --reuid=node --regid=node --clear-groups weighbridge run --config "$config"
