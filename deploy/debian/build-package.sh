#!/usr/bin/env bash
# Builds the Debian package of this checkout, and has lintian look at it.
set -euo pipefail

root="$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")"
work="$root/build/debian"

usage() {
  cat <<'USAGE'
usage: deploy/debian/build-package.sh [-h]

Builds rdpwatch_VERSION_ARCH.deb, and its debug symbols, in build/debian from the files that git knows, as they are now.
The version is the project's where HEAD has its tag (v0.1.0), else 0.1.0~gitCOMMITS.REVISION-1, which is older than that.
Installs what is missing of [build] and [package] of deploy/debian-packages. Fails where lintian finds an error.
USAGE
}

case ${1:-} in
  '') ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

cd "$root"
deploy/install-packages.sh build package

base=$(sed -n 's/^project(rdpwatch VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
revision=$(git rev-parse --short=12 HEAD)
if git tag --points-at HEAD | grep -qxF "v$base"; then
  version="$base-1"
else
  version="$base~git$(git rev-list --count HEAD).$revision-1"
fi

source="$work/rdpwatch-$base"
rm -rf "$work"
mkdir -p "$source"
git ls-files -z | tar --null --files-from=- --create | tar --extract --directory="$source"
cp -r "$source/deploy/debian" "$source/debian"
cd "$source"

depends=$(deploy/install-packages.sh --print build | paste -sd, | sed 's/,/, /g')
sed -i "s/@BUILD@/$depends/" debian/control
sed -i "s/@REVISION@/$revision/" debian/rules
cat > debian/changelog <<CHANGES
rdpwatch ($version) bookworm; urgency=medium

  * Revision $revision. What is new is in changelog.gz.

 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(git -C "$root" log -1 --format=%cD)
CHANGES

dpkg-buildpackage --build=binary --unsigned-changes --unsigned-buildinfo --jobs="$(nproc)"

printf '\n== lintian\n'
lintian --tag-display-limit=0 --fail-on=error --display-info "$work"/rdpwatch_*.changes
printf '\n== packages\n'
ls -l "$work"/*.deb
