// What a server has allocated, written to the file that SOAK_HEAP names once a second: two numbers of bytes, those in use and
// those that malloc holds from the system. In a library of its own, which LD_PRELOAD puts into the server as it is, so that
// the heap of SQLite, which is in C, counts too. It needs glibc 2.33.
#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *write_down(void *file) {
    for (;;) {
        // Of all arenas. What threads keep for their next allocation counts as in use.
        struct mallinfo2 heap = mallinfo2();
        char text[64];
        // Always of the same length, so that a reader never sees the end of a longer one.
        int length = snprintf(text, sizeof text, "%20zu %20zu\n", heap.uordblks + heap.hblkhd, heap.arena + heap.hblkhd);
        if (pwrite((int)(long)file, text, (size_t)length, 0) != length) return NULL;
        sleep(1);
    }
}

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("SOAK_HEAP");
    int file = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    pthread_t thread;
    if (file >= 0 && pthread_create(&thread, NULL, write_down, (void *)(long)file) == 0) pthread_detach(thread);
}
