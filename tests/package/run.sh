#!/bin/sh
# The Debian packages as their users meet them: looked over by lintian, then installed, used and removed in a bare
# Debian of its own.
#   tests/package/run.sh DIRECTORY     where the packages are
# The bare system comes from the mirror that apt of this machine uses; it is kept for the next run in
# $SESSION_PACKAGE_CACHE, if that is set.
set -eu

packages=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
suite=bookworm
fail() {
  echo "package: $*" >&2
  exit 1
}
skip() {
  echo "skipped: $*"
  exit 0
}

deb_of() { # NAME
  set -- "$packages/$1"_*.deb
  [ -e "$1" ] || fail "there is no package in $packages; ./dev package builds them"
  [ $# -eq 1 ] || fail "more than one version in $packages: $*"
  echo "$1"
}
tools=$(deb_of session-toolkit)
library=$(deb_of libsession-dev)

if command -v lintian >/dev/null; then
  lintian --fail-on error,warning "$tools" "$library" ||
    fail "lintian finds fault with the packages"
else
  echo "skipped: lintian is not installed"
fi

# The name of the version is the same everywhere.
version=$(dpkg-deb -f "$tools" Version)
[ "$version" = "$(dpkg-deb -f "$library" Version)" ] || fail "the packages have different versions"

[ "$(id -u)" = 0 ] || skip "installing them needs root"
command -v debootstrap >/dev/null || skip "debootstrap is not installed"
# The first archive of the suite that is no update of it.
# shellcheck disable=SC2016  # apt's placeholders
mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' |
  sed -n "s/^$suite main //p" | head -n 1)
[ -n "$mirror" ] || skip "apt of this machine knows no archive of $suite"

work=$(mktemp -d)
root=$work/root
cleanup() {
  for mounted in proc dev; do
    ! mountpoint -q "$root/$mounted" || umount -l "$root/$mounted"
  done
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

base=${SESSION_PACKAGE_CACHE:-$work}/$suite.tar
if [ ! -e "$base" ]; then
  mkdir -p "$(dirname "$base")"
  debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$work/log" 2>&1 || {
    tail -n 5 "$work/log" >&2
    skip "debootstrap could not fetch $suite from the mirror of this machine"
  }
  tar -C "$root" -cf "$base.new" . && mv "$base.new" "$base"
else
  mkdir "$root"
  tar -C "$root" -xpf "$base"
fi
# What stands in apt's configuration of this machine is needed to reach the mirror from there too.
if [ -d /etc/apt/apt.conf.d ]; then
  cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
mkdir -p "$root/dev"
mount --bind /dev "$root/dev"

inside() {
  chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
quietly() {
  inside "$@" >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    fail "failed: $*"
  }
}
# Every path of the system but what apt and dpkg note for themselves.
inventory() {
  inside find / -xdev \( -path /proc -o -path /dev -o -path /tmp -o -path /packages -o -path /var/cache \
    -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/log -o -path /run \) -prune -o -print | sort
}

mkdir "$root/packages"
cp "$tools" "$library" "$root/packages/"
cp "$here/use.sh" "$here/../consumer/main.cpp" "$root/packages/"
quietly apt-get update -q

# The tools, with what they depend on and nothing else.
quietly apt-get install -y -q --no-install-recommends "/packages/$(basename "$tools")"
inside dpkg --verify session-toolkit >"$work/log" || fail "dpkg does not find what it installed: $(cat "$work/log")"
inside /bin/sh /packages/use.sh "${version%-*}" || fail "the installed tools do not do their work"

# Nothing of theirs is left; what a user made stays.
quietly apt-get purge -y -q session-toolkit
inventory >"$work/without"
left=$(inside dpkg -L session-toolkit 2>/dev/null || :)
[ -z "$left" ] || fail "still known to dpkg: $left"
! grep -E '/session-(save|clean|verify|repair)|session-toolkit' "$work/without" >"$work/left" ||
  fail "left behind: $(cat "$work/left")"
grep -qx /srv/sessions/fresh.json "$work/without" || fail "the removal took a session with it"

# The library, by the package that a program is built against.
quietly apt-get install -y -q --no-install-recommends g++ pkg-config "/packages/$(basename "$library")"
# shellcheck disable=SC2016  # for the shell inside
quietly sh -c 'c++ -std=c++20 /packages/main.cpp -o /packages/consumer $(pkg-config --cflags --libs session)'
quietly /packages/consumer /srv
[ "$(inside pkg-config --modversion session)" = "${version%-*}" ] || fail "pkg-config tells another version"
quietly apt-get purge -y -q libsession-dev
! inside test -e /usr/include/session || fail "the headers are still there"
echo "package: $version installed, used and removed in a bare $suite"
