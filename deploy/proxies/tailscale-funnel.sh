#!/bin/sh
# Tailscale Funnel before the callback: https on port 443 of this machine's name in the tailnet, one path, the bridge's port.
set -eu
tailscale funnel --bg --https=443 --set-path=/withings http://127.0.0.1:8480
# Prints the address for callback.public_url; add /withings to it.
tailscale funnel status
