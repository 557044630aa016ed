/* The walker: one process that touches the pages of one mapping as a list says, alone in a memory cgroup.

   walker LIST PAGES CGROUP KIND CONTENT
     LIST     32-bit words: a page, with bit 31 set where it is written; or one of the three orders below
     KIND     private | shmem
     CONTENT  text | random: what a page is filled with when it is touched first

   All memory of its own is in place and locked before it joins the cgroup, so that nothing but the mapping
   and its page tables is charged there. At each mark it prints the kernel's counters. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, WORDS = 76 };
static const uint32_t MARK = 0xffffffffu, FORK = 0xfffffffeu, EXIT = 0xfffffffdu, WRITE = 0x80000000u;

static uint64_t state = 88172645463325252ull;
static char vocabulary[WORDS][12];

/* xorshift64: the same pages on every machine. */
static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void make_vocabulary(void)
{
    for (int word = 0; word < WORDS; word++)
        for (int letter = 0, length = 6 + draw() % 6; letter < length; letter++)
            vocabulary[word][letter] = 'a' + draw() % 26;
}

static void fill(char *page, int text)
{
    if (!text) {
        for (int word = 0; word < PAGE / 8; word++)
            ((uint64_t *)page)[word] = draw();
        return;
    }
    for (int at = 0; at < PAGE;) {
        for (const char *letter = vocabulary[draw() % WORDS]; *letter && at < PAGE;)
            page[at++] = *letter++;
        if (at < PAGE)
            page[at++] = ' ';
    }
}

static void copy_out(const char *name, const char *path)
{
    char buffer[1 << 16];
    int file = open(path, O_RDONLY);
    ssize_t length = file < 0 ? 0 : read(file, buffer, sizeof buffer - 1);
    if (file >= 0)
        close(file);
    buffer[length > 0 ? length : 0] = 0;
    printf("%s%s%s\n", name, *name ? " " : "", buffer);
}

static void mark(void)
{
    static const char *const zswap[] = {"stored_pages", "pool_total_size", "pool_limit_hit",
                                        "stored_incompressible_pages"};
    struct timespec now;
    char path[80];
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("mark %lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
    copy_out("", "/proc/vmstat");
    copy_out("", "/proc/swaps");
    for (size_t number = 0; number < sizeof zswap / sizeof *zswap; number++) {
        snprintf(path, sizeof path, "/sys/kernel/debug/zswap/%s", zswap[number]);
        copy_out(zswap[number], path);
    }
    fflush(stdout);
}

static uint32_t *read_list(const char *path, long *length)
{
    int file = open(path, O_RDONLY);
    off_t bytes = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    char *list = bytes < 0 ? NULL : malloc(bytes + 1);
    if (!list)
        return NULL;
    for (off_t got = 0; got < bytes;) {
        ssize_t now = pread(file, list + got, bytes - got, got);
        if (now <= 0)
            return NULL;
        got += now;
    }
    close(file);
    *length = bytes / 4;
    return (uint32_t *)list;
}

static int join(const char *cgroup)
{
    char path[300];
    snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
    FILE *processes = fopen(path, "w");
    return processes && fprintf(processes, "%d", getpid()) > 0 && !fclose(processes);
}

int main(int count, char **given)
{
    static char room[1 << 20];
    long length = 0;
    if (count != 6)
        return 2;
    long pages = atol(given[2]);
    int kind = strcmp(given[4], "shmem") ? MAP_PRIVATE : MAP_SHARED, text = !strcmp(given[5], "text");
    uint32_t *list = read_list(given[1], &length);
    unsigned char *touched = calloc(pages, 1);
    if (!list || !touched)
        return perror(given[1]), 1;
    setvbuf(stdout, room, _IOFBF, sizeof room);
    make_vocabulary();
    /* On one CPU, whose batches of pages reclaim can drain, and before all others there: a run takes its own time. */
    cpu_set_t one;
    struct sched_param first = {.sched_priority = 1};
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    sched_setscheduler(0, SCHED_RR, &first);
    if (mlockall(MCL_CURRENT))
        return perror("mlockall"), 1;
    mark();
    if (!join(given[3]))
        return perror(given[3]), 1;
    char *memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return perror("mmap"), 1;
    madvise(memory, pages * PAGE, MADV_NOHUGEPAGE);
    for (long at = 0; at < length; at++) {
        uint32_t word = list[at];
        if (word == MARK) {
            mark();
        } else if (word == FORK) {
            fflush(stdout);
            if (fork()) {
                wait(NULL);
                while (at < length && list[at] != EXIT)
                    at++;
            }
        } else if (word == EXIT) {
            _exit(0);
        } else {
            volatile char *page = memory + (long)(word & ~WRITE) * PAGE;
            if (!touched[word & ~WRITE]) {
                touched[word & ~WRITE] = 1;
                fill((char *)page, text);
            } else if (word & WRITE) {
                *page = (char)at; /* a store alone: a load before it would be a fault of its own kind */
            } else {
                (void)*page;
            }
        }
    }
    return 0;
}
