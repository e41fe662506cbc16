#!/bin/sh
# Boots the machine made by build.sh, runs one command in a copy of a checkout, exits with the command's code.
set -eu

usage() {
    cat >&2 <<'TEXT'
usage: run.sh [options] WORKDIR COMMAND [ARGUMENT...]
  --cgroup delegated|service|root|v1|none   default delegated:
        delegated   pure v2; the command in its own cgroup, which is given to the user (as systemd's Delegate=yes)
        service     pure v2; the command in its own cgroup, which stays root's
        root        pure v2; the command left in the root cgroup
        v1          v1 hierarchies alone
        none        no cgroup file system mounted
  --controllers "LIST"    v2 controllers handed down, default "cpu memory pids"
  --user root|user        who runs the command, default root
  --sysctl KEY=VALUE      set in the guest before the command; repeatable
  --append TEXT           added to the kernel command line
  --checkout DIR          copied to /guest in the guest (files that git knows or would add); default: this one
  --packages DIR          a site-packages directory, put on PYTHONPATH
  --launcher FILE         a launcher built on the host; default: none, the guest builds one
  --memory MIB  --cpus N  default 2048 and 1
  --timeout SECONDS       default 900
  --accel kvm|tcg         default: kvm where it works
exit code: the command's; 125 when the machine failed, 124 on timeout
TEXT
    exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
cgroup=delegated controllers='cpu memory pids' user=root sysctl='' append='' checkout='' packages='' launcher=''
memory=2048 cpus=1 timeout=900 accel=''
while [ $# -gt 0 ]; do
    case $1 in
    --*) [ $# -ge 2 ] || usage ;;
    esac
    case $1 in
    --cgroup) cgroup=$2 ;;
    --controllers) controllers=$2 ;;
    --user) user=$2 ;;
    --sysctl) sysctl="$sysctl $2" ;;
    --append) append=$2 ;;
    --checkout) checkout=$2 ;;
    --packages) packages=$2 ;;
    --launcher) launcher=$2 ;;
    --memory) memory=$2 ;;
    --cpus) cpus=$2 ;;
    --timeout) timeout=$2 ;;
    --accel) accel=$2 ;;
    --*) usage ;;
    *) break ;;
    esac
    shift 2
done
[ $# -ge 2 ] || usage
work=$1
shift
[ -e "$work/ready" ] || { echo "run.sh: run build.sh $work first" >&2; exit 2; }
[ -n "$checkout" ] || checkout=$(git -C "$here" rev-parse --show-toplevel)

job=$(mktemp -d "$work/job.XXXXXX")
trap 'rm -rf "$job"' EXIT
trap 'exit 130' INT TERM

# An image of a directory, with a quarter more room than it needs.
image() {
    size=$(du -sm --apparent-size "$1" | cut -f1)
    files=$(find "$1" | wc -l)
    mke2fs -q -F -t ext4 -O ^has_journal -m 0 -N $((files + 20000)) -E root_owner=0:0 -d "$1" "$2" \
        $((size * 5 / 4 + files / 50 + $3))M > /dev/null
}

tree=$job/tree
mkdir -p "$tree/.vm"
cp "$here/guest-init" "$tree/.vm/init"
(cd "$checkout" && git ls-files -z --cached --others --exclude-standard |
    tar --create --null --no-recursion --ignore-failed-read --files-from=- 2>/dev/null) | tar --extract --directory "$tree"
[ -z "$launcher" ] || install -m 755 "$launcher" "$tree/.vm/launcher"

# One word, quoted for the guest's sh.
quote() {
    printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}
for word in "$@"; do quote "$word"; done > "$tree/.vm/command"
{
    printf vm_cgroup=; quote "$cgroup"; echo
    printf vm_controllers=; quote "$controllers"; echo
    printf vm_user=; quote "$user"; echo
    printf vm_sysctl=; quote "$sysctl"; echo
    printf vm_launcher=; quote "${launcher:+/guest/.vm/launcher}"; echo
    printf vm_python_path=; quote "${packages:+/packages}"; echo
} > "$tree/.vm/settings"
image "$tree" "$job/work.img" 512

# The packages change seldom: their image is kept, by the directory's name and time.
if [ -n "$packages" ]; then
    key=$( (cd "$packages" && pwd && stat -c %Y .) | sha256sum | cut -c1-16)
    if [ ! -e "$work/packages-$key.img" ]; then
        image "$packages" "$job/packages.img" 16
        mv "$job/packages.img" "$work/packages-$key.img"
    fi
    packages_image=$work/packages-$key.img
fi

# A /dev/kvm on a machine whose processor has no virtualisation opens, but runs nothing.
if [ -z "$accel" ]; then
    accel=tcg
    [ ! -w /dev/kvm ] || ! grep -q -w -E 'vmx|svm' /proc/cpuinfo || accel=kvm
fi
# Emulated, cmpxchg16b of qemu 7.2 spoils the flags: Linux 6.12 panics over it while booting.
cpu=max,la57=off,cx16=off
[ "$accel" != kvm ] || cpu=host
# An emulated machine of one core may have a clock that counts instructions (one a nanosecond): to programs the machine
# looks fast, and limits of time mean what they mean elsewhere.
clock=
if [ "$accel" = tcg ] && [ "$cpus" = 1 ]; then clock='-icount shift=0'; fi

set -- -machine "pc,accel=$accel" -cpu "$cpu" -smp "$cpus" -m "$memory" -nodefaults -no-user-config -display none \
    $clock -no-reboot -nic none -device virtio-rng-pci \
    -kernel "$work/vmlinuz" -initrd "$work/initramfs" \
    -append "console=ttyS0 quiet loglevel=3 panic=-1 $append" \
    -serial stdio -serial "file:$job/code" \
    -drive "file=$work/root.img,format=raw,if=virtio,snapshot=on" \
    -drive "file=$job/work.img,format=raw,if=virtio,cache=unsafe"
[ -z "$packages" ] || set -- "$@" -drive "file=$packages_image,format=raw,if=virtio,readonly=on"
status=0
TMPDIR=$job timeout --foreground "$timeout" qemu-system-x86_64 "$@" < /dev/null || status=$?
[ "$status" -ne 124 ] || exit 124
code=$(tr -dc 0-9 < "$job/code" 2>/dev/null || true)
exit "${code:-125}"
