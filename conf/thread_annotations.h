/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_THREAD_ANNOTATIONS_H
#define CONF_THREAD_ANNOTATIONS_H

/*
 * clang's thread safety attributes, which -Wthread-safety checks; nothing for
 * other compilers. A lock is named by an expression: REQUIRES(&reader->lock).
 *
 * In C a member of a struct cannot name its sibling, so GUARDED_BY is for
 * variables of a file: a struct's functions say REQUIRES.
 */
#ifdef __clang__
#define THREAD_ANNOTATION(...) __attribute__((__VA_ARGS__))
#else
#define THREAD_ANNOTATION(...)
#endif

/* A struct that is a lock. */
#define CAPABILITY(name) THREAD_ANNOTATION(capability(name))

/* A variable that a lock guards. */
#define GUARDED_BY(lock) THREAD_ANNOTATION(guarded_by(lock))

/* A function that is called with the locks held, or not held. */
#define REQUIRES(...) THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

/* A function that returns with the locks taken, or dropped. */
#define ACQUIRE(...) THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define RELEASE(...) THREAD_ANNOTATION(release_capability(__VA_ARGS__))

/* A function that tells the analysis that a lock is held. */
#define ASSERT_CAPABILITY(lock) THREAD_ANNOTATION(assert_capability(lock))

/* The analysis cannot follow the function; the comment there says why. */
#define NO_THREAD_SAFETY_ANALYSIS THREAD_ANNOTATION(no_thread_safety_analysis)

#endif
