// Reaches for every network there is, and for sockets of other processes.
#include "attack.h"
#include <arpa/inet.h>
#include <netinet/in.h>

static void families(void) {
    const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM, SOCK_PACKET};
    for (int family = 0; family < 64; family++)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            for (int protocol = 0; protocol < 256; protocol += protocol < 20 ? 1 : 47) {
                if (family == AF_UNIX) continue;
                char what[64];
                snprintf(what, sizeof what, "family %d kind %d protocol %d", family, kinds[i], protocol);
                refused_with(what, socket(family, kinds[i], protocol), EAFNOSUPPORT);
                int pair[2];
                refused_with(what, socketpair(family, kinds[i], protocol, pair), EAFNOSUPPORT);
            }
}

static void by_address(void) {
    const char *const abstract[] = {"@proba-attack-host", "@/tmp/.X11-unix/X0", "@/org/freedesktop/systemd1/notify"};
    const char *const paths[] = {"/run/dbus/system_bus_socket", "/run/systemd/private", "/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock", "/dev/log", "/run/systemd/journal/stdout"};
    for (int kind = SOCK_STREAM; kind <= SOCK_DGRAM; kind++) {
        for (size_t i = 0; i < 10; i++) {
            struct sockaddr_un address = {.sun_family = AF_UNIX};
            int fd = socket(AF_UNIX, kind, 0);
            if (fd < 0) continue;
            const char *name = i < 3 ? abstract[i] : paths[i - 3];
            strcpy(address.sun_path, name);
            if (i < 3) address.sun_path[0] = 0;
            refused(name, connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))));
            refused(name, sendto(fd, "x", 1, 0, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))));
            close(fd);
        }
    }
}

// descriptors that lie in a socket belong to no process: they could wait there for the next run
static void pass_descriptors(void) {
    int pair[2];
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
    struct iovec text = {&byte, 1};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return;
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &pair[0], sizeof(int));
    refused("sendmsg", sendmsg(pair[0], &message, 0));
    struct mmsghdr many = {message, 0};
    refused("sendmmsg", sendmmsg(pair[0], &many, 1, 0));
}

// a name that stays bound would be found by the next run or by the neighbour
static void names(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0proba-attack-name"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(fd, (struct sockaddr *)&address, sizeof address);
    listen(fd, 5);
    if (!fork()) {
        setsid();
        for (;;) pause();
    }
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("families", families(); return held())
    CASE("addresses", by_address(); return held())
    CASE("descriptors", pass_descriptors(); return held())
    CASE("names", names(); return held())
    return 9;
}
