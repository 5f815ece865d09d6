/* SPDX-License-Identifier: BSD-3-Clause */
/* Linked into a build with -fsanitize=thread only.  EPICS joins a thread from
 * itself and takes EDEADLK for "detach instead"; gcc's thread sanitizer ends
 * the process there before pthread_join can say so. */
#include <errno.h>
#include <pthread.h>

int __interceptor_pthread_join(pthread_t thread, void **value);
int pthread_join(pthread_t thread, void **value);

int pthread_join(pthread_t thread, void **value)
{
    if (pthread_equal(thread, pthread_self()))
        return EDEADLK;
    return __interceptor_pthread_join(thread, value);
}
