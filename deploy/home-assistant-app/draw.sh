#!/bin/sh
# Draws icon.png and logo.png of the SVG files beside them, with Chromium.
set -eu
cd "$(dirname "$0")"
draw() {
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --default-background-color=00000000 \
    --screenshot="$PWD/$1.png" --window-size="$2" "file://$PWD/$1.svg" 2>/dev/null
}
draw icon 128,128
draw logo 250,100
