# scripts/test in a bare Debian of another release.
# shellcheck shell=bash

# run_in_chroot RELEASE [FLAG...]: makes the system in a folder that is gone afterwards, clones the last
# commit into it, and runs scripts/test FLAG... there. Packages come from where this machine's do, if it is
# a Debian, by the same proxy.
run_in_chroot() {
  local release=${1-} bundle=$root/build/chroot/ravine.bundle
  if [[ ! $release =~ ^[a-z]+$ ]]; then
    echo "scripts/test: --chroot is '$release': name a release of Debian, such as trixie" >&2
    return 2
  fi
  if ! command -v mmdebstrap >/dev/null; then
    echo "scripts/test: --chroot needs mmdebstrap: apt-get install mmdebstrap" >&2
    return 2
  fi
  mkdir -p "$(dirname "$bundle")"
  git -C "$root" bundle create -q "$bundle" HEAD
  local mirror settings
  mapfile -t mirror < <(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' 2>/dev/null | head -n 1)
  mapfile -t settings < <(apt-config dump 2>/dev/null | sed -n 's/^\(Acquire::https\?::Proxy.* ".\+";\)$/--aptopt=\1/p')
  mmdebstrap --quiet --variant=minbase --include=git,ca-certificates "${settings[@]}" \
    --customize-hook="copy-in '$bundle' /root" \
    --customize-hook="chroot \"\$1\" bash -c 'cd /root && git clone -q ravine.bundle ravine && cd ravine && exec scripts/test ${*:2}'" \
    "$release" /dev/null "${mirror[@]}"
}
