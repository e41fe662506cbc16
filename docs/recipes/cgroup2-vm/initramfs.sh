#!/bin/sh
# Runs in the new root (called by build.sh): a tiny initramfs that knows a virtio disk with ext4 and nothing else.
set -eu

version=$(ls /lib/modules | sort -V | tail -n 1)
tree=/tmp/initramfs
mkdir -p "$tree/bin" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/root" "$tree/modules"
cp /bin/busybox "$tree/bin/busybox"

# insmod in the order in which modprobe would load them.
for module in virtio_pci virtio_blk virtio_rng ext4; do
    modprobe --set-version "$version" --show-depends "$module" | sed -n 's/^insmod //p'
done | awk '!seen[$1]++ { print $1 }' | while read -r file; do
    cp "$file" "$tree/modules/"
    basename "$file" >> "$tree/modules/order"
done

cat > "$tree/init" <<'INIT'
#!/bin/busybox sh
busybox=/bin/busybox
$busybox mount -t proc proc /proc
$busybox mount -t sysfs sysfs /sys
$busybox mount -t devtmpfs dev /dev
while read -r module; do
    $busybox insmod "/modules/$module" || echo "initramfs: $module failed"
done < /modules/order
$busybox mount -t ext4 /dev/vda /root || exec $busybox reboot -f
$busybox mount -t ext4 -o nosuid,nodev /dev/vdb /root/guest || exec $busybox reboot -f
$busybox umount /proc /sys
$busybox mount -o move /dev /root/dev
exec $busybox switch_root /root /guest/.vm/init
INIT
chmod 755 "$tree/init"
(cd "$tree" && find . | cpio --quiet --create --format=newc --owner=0:0) > /boot/initramfs
cp "/boot/vmlinuz-$version" /boot/vmlinuz
rm -rf "$tree"
