# Setuid programs of the host, and one of its own.
for tool in su mount umount passwd chsh chfn newgrp gpasswd sudo pkexec ping unshare fusermount crontab at; do
    path=$(command -v "$tool") || continue
    out=$("$path" -c id </dev/null 2>&1)
    case $out in *uid=0*) echo "GOT root by $tool" ;; esac
done
mount -t tmpfs none /tmp 2>/dev/null && echo GOT mount
unshare -Ur id 2>/dev/null && echo GOT unshare
cp /bin/sh shell && chmod 6755 shell && ./shell -p -c 'id -u; id -ru' >ids
test "$(sort -u ids | wc -l)" = 1 || echo GOT another user
grep -qx 0 ids && echo GOT root
nsenter -t 1 -m true 2>/dev/null && echo GOT nsenter
echo held
