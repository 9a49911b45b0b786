// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Says of which type a public function or callback must be; the compiler
// refuses what differs, also in const or in the size of an integer.
#ifndef SHAPE_H
#define SHAPE_H

/** How many functions the libraries do not have. */
static int missing;

/**
 * Take the address of function @a name, which returns @a result and has
 * exactly the parameters @a parameters (in parentheses).
 */
#define TAKE(result, name, parameters)                                         \
  do                                                                           \
  {                                                                            \
    result (*volatile taken_) parameters = &name;                              \
    if (NULL == taken_)                                                        \
      missing++;                                                               \
  } while (0)

/** The same for the type of a callback. */
#define SHAPE(result, name, parameters)                                        \
  do                                                                           \
  {                                                                            \
    result (*shape_) parameters = NULL;                                        \
    name same_ = shape_;                                                       \
    name *const pointer_ = &shape_;                                            \
    (void)same_;                                                               \
    (void)pointer_;                                                            \
  } while (0)

#endif
