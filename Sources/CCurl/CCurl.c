#define _GNU_SOURCE
#include "CCurl.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

// OpenSSL takes its tables down when the process exits, while threads that have used it may still be ending: their last
// steps then read what is gone, and a program that was done ends with SIGSEGV. The kernel takes the tables down as well.
void ccurl_keep_crypto_until_the_end(void) {
    const uint64_t no_exit_handler = 0x00080000;
    int (*initialise)(uint64_t, const void *) = (int (*)(uint64_t, const void *))dlsym(RTLD_DEFAULT, "OPENSSL_init_crypto");
    if (initialise) initialise(no_exit_handler, NULL);
}
