#!/usr/bin/env bash
# Installs what the end-to-end tests drive: Mosquitto, PostgreSQL, Chromium, nginx, Caddy, and a Home Assistant in a Debian folder of its own.
# Idempotent: what is there is left alone. Needs root and apt; about two minutes and 2 GB the first time.
#   HOME_ASSISTANT_ROOT   where Home Assistant lives; /opt/home-assistant without it
set -euo pipefail

home_assistant_version=2026.11.0
root=${HOME_ASSISTANT_ROOT:-/opt/home-assistant}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

packages() {
  local missing=()
  for package in mosquitto mosquitto-clients chromium debootstrap nginx-light caddy postgresql; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return; fi
  echo "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # The tests start brokers of their own; one that the package starts would hold a port for nothing.
  local policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap "rm -f $policy" EXIT
  fi
  apt-get update -q
  apt-get install -qy --no-install-recommends "${missing[@]}"
}

# The Debian release that carries the Python which Home Assistant asks for, from the mirror that this machine uses already.
debian_folder() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/$' | head -n 1)
  if [[ -z $mirror ]]; then
    echo "apt knows no Debian mirror: check the machine's apt sources" >&2
    return 1
  fi
  debootstrap --variant=minbase --no-check-gpg --include=python3,python3-venv,ca-certificates,tzdata forky "$root" "$mirror" sid |
    { grep -E '^[WE]:' || true; }
  # Names, certificates and package index as this machine has them.
  local file
  for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
    if [[ -e $file ]]; then cp "$file" "$root$file"; fi
  done
}

home_assistant() {
  if [[ "$(cat "$root/.installed" 2>/dev/null)" == "$home_assistant_version" ]]; then return; fi
  echo "Installing Home Assistant $home_assistant_version below $root"
  rm -rf "$root"
  debian_folder
  local pip=(chroot "$root" /srv/ha/bin/pip install --quiet)
  chroot "$root" python3 -m venv /srv/ha
  "${pip[@]}" "homeassistant==$home_assistant_version"
  cp "$here/integration-requirements.py" "$root/tmp/"
  chroot "$root" /srv/ha/bin/python /tmp/integration-requirements.py /tmp/requirements.txt /tmp/constraints.txt
  "${pip[@]}" --constraint /tmp/constraints.txt --requirement /tmp/requirements.txt
  # Voice needs a compiler and nobody speaks here, but the frontend's pages import it.
  local packages
  packages=$(echo "$root"/srv/ha/lib/python3*/site-packages)
  echo 'class MicroVad: ...' >"$packages/pymicro_vad.py"
  echo 'class AudioProcessor: ...' >"$packages/pyspeex_noise.py"
  echo "$home_assistant_version" >"$root/.installed"
}

packages
home_assistant
echo "Installed: $(mosquitto -h | head -n 1), $(chromium --version 2>/dev/null | head -n 1), Home Assistant $(cat "$root/.installed")"
