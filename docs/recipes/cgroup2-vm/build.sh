#!/bin/sh
# Makes the kernel, the initramfs and the root image of a small Debian 12 machine, from Debian packages alone.
#   build.sh WORKDIR
# Host packages: mmdebstrap genext2fs e2fsprogs (and uidmap when run as an ordinary user).
set -eu

usage='usage: build.sh WORKDIR'
work=${1:?$usage}
here=$(cd "$(dirname "$0")" && pwd)
mirror=${MIRROR:-http://deb.debian.org/debian}
suite=${SUITE:-bookworm}
# With EXTRA_SUITE=bookworm-backports a newer kernel is taken from there.
extra=${EXTRA_SUITE:-}
kernel=${KERNEL_PACKAGE:-linux-image-cloud-amd64}

for tool in mmdebstrap genext2fs mke2fs; do
    command -v "$tool" >/dev/null || {
        echo "build.sh: $tool is missing: apt-get install --no-install-recommends mmdebstrap genext2fs e2fsprogs uidmap" >&2
        exit 2
    }
done

mkdir -p "$work"
work=$(cd "$work" && pwd)
rm -f "$work/ready"

# Packages are kept between builds; maintainer scripts run in a chroot, as root or in a user namespace.
packages="$kernel busybox-static cpio kmod python3-minimal python3 gcc g++ libc6-dev procps mount util-linux"
set -- --variant=essential --format=ext2 --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-confold \
    --include="$(echo $packages | tr ' ' ,)" \
    --setup-hook='mkdir -p "$1/etc/initramfs-tools" && echo update_initramfs=no > "$1/etc/initramfs-tools/update-initramfs.conf"' \
    --customize-hook="upload '$here/initramfs.sh' /initramfs.sh" \
    --customize-hook='chroot "$1" sh /initramfs.sh' \
    --customize-hook="download /boot/vmlinuz '$work/vmlinuz'" \
    --customize-hook="download /boot/initramfs '$work/initramfs'" \
    --customize-hook='chroot "$1" useradd --uid 1000 --create-home --shell /bin/sh user' \
    --customize-hook='rm -rf "$1"/boot/* "$1"/initramfs.sh "$1"/usr/share/doc "$1"/usr/share/locale "$1"/usr/share/man "$1"/var/lib/apt/lists/*' \
    --customize-hook='mkdir -p "$1/guest" "$1/packages"' \
    "$suite" "$work/root.img" "deb $mirror $suite main"
[ -z "$extra" ] || set -- "$@" "deb $mirror $extra main"
mmdebstrap "$@"

touch "$work/ready"
echo "build.sh: $work is ready: $(du -sh "$work" | cut -f1)" >&2
