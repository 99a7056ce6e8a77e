#!/bin/sh
# Bring Chromium for the browser tests, where packages may be installed; otherwise say so in one line.
command -v chromium >/dev/null 2>&1 && fc-list 2>/dev/null | grep -qi 'noto.*cjk' && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig \
    libgl1-mesa-dri libegl1 libegl-mesa0 libgles2 >/dev/null 2>&1
fi
command -v chromium >/dev/null 2>&1 && exit 0
echo "=== No Chromium here and none can be installed: the browser tests are SKIPPED ==="
