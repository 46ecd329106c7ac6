/* The imports of the original's lib-pthread, by its documentation. */
#ifndef BERTH_TEST_PTHREAD_H
#define BERTH_TEST_PTHREAD_H

#define LIB_PTHREAD
#include "thread.h"

#define ENV(name) IMPORT("env", #name)

typedef void *(*routine)(void *);

ENV(pthread_create) int pthread_create(unsigned *thread, const void *attributes, routine run, void *argument);
ENV(pthread_join) int pthread_join(unsigned thread, void **result);
ENV(pthread_detach) int pthread_detach(unsigned thread);
ENV(pthread_cancel) int pthread_cancel(unsigned thread);
ENV(pthread_self) unsigned pthread_self(void);
ENV(pthread_exit) void pthread_exit(void *result);
ENV(pthread_mutex_init) int pthread_mutex_init(unsigned *mutex, const void *attributes);
ENV(pthread_mutex_lock) int pthread_mutex_lock(unsigned *mutex);
ENV(pthread_mutex_unlock) int pthread_mutex_unlock(unsigned *mutex);
ENV(pthread_cond_wait) int pthread_cond_wait(unsigned *condition, unsigned *mutex);
ENV(pthread_cond_timedwait) int pthread_cond_timedwait(unsigned *condition, unsigned *mutex, uint64_t microseconds);
ENV(pthread_cond_signal) int pthread_cond_signal(unsigned *condition);
ENV(pthread_cond_broadcast) int pthread_cond_broadcast(unsigned *condition);
ENV(pthread_key_create) int pthread_key_create(unsigned *key, void (*destructor)(void *));
ENV(pthread_setspecific) int pthread_setspecific(unsigned key, const void *value);
ENV(pthread_getspecific) void *pthread_getspecific(unsigned key);
ENV(sem_open) int sem_open(const char *name, int flags, int mode, int value);
ENV(sem_wait) int sem_wait(int semaphore);
ENV(sem_post) int sem_post(int semaphore);

#endif
