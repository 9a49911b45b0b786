/* SPDX-License-Identifier: AGPL-3.0-or-later */
/**
 * @file include/gnunet_psyc_env.h
 * Lists of modifiers (what a message says about variables), and the meaning
 * of operators on values. No network, no service: a pure library.
 *
 * Nothing here calls the scheduler; no function keeps a pointer longer than
 * its comment says. Functions that "allocate" use GNUNET_malloc: give the
 * memory back with GNUNET_free.
 */
#ifndef GNUNET_PSYC_ENV_H
#define GNUNET_PSYC_ENV_H

#include <stddef.h>
#include <stdint.h>

#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_common.h>

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * What a modifier does to the variable that it names.
 *
 * @since 0.1
 */
enum GNUNET_PSYC_Operator
{
  /** The value holds for this message only. */
  GNUNET_PSYC_OP_SET = ':',
  /** Assign and keep; an empty value deletes the variable. */
  GNUNET_PSYC_OP_ASSIGN = '=',
  /** Append a string, add a number, add to a list or dictionary. */
  GNUNET_PSYC_OP_AUGMENT = '+',
  /** The opposite of augment. */
  GNUNET_PSYC_OP_DIMINISH = '-',
  /** Change one element of a list or dictionary. */
  GNUNET_PSYC_OP_UPDATE = '@',
};

/**
 * How a variable's value is to be read, by the first keyword of its name.
 *
 * @since 0.1
 */
enum GNUNET_PSYC_Type
{
  /** Bytes without further meaning. */
  GNUNET_PSYC_TYPE_DATA = 0,
  /** A decimal integer: `_amount`, `_date`, `_degree`, `_flag`, `_time`. */
  GNUNET_PSYC_TYPE_NUMBER = 1,
  /** A list: `_list`. */
  GNUNET_PSYC_TYPE_LIST = 2,
  /** A dictionary: `_dict`. */
  GNUNET_PSYC_TYPE_DICT = 3,
};

/**
 * One modifier of an environment.
 *
 * @since 0.1
 */
struct GNUNET_PSYC_Modifier
{
  /** What to do. */
  enum GNUNET_PSYC_Operator oper;

  /** Name of the variable, NUL-terminated. */
  const char *name;

  /** Bytes at @e value. */
  size_t value_size;

  /** The value; not NUL-terminated. */
  const void *value;

  /** Next in the list, NULL for the last. */
  struct GNUNET_PSYC_Modifier *next;

  /** Previous in the list, NULL for the first. */
  struct GNUNET_PSYC_Modifier *prev;
};

/**
 * A list of modifiers in order.
 */
struct GNUNET_PSYC_Environment;

/**
 * See one modifier; called by #GNUNET_PSYC_env_iterate before it returns.
 *
 * @param cls closure
 * @param oper operator
 * @param name name of the variable, borrowed until the callback returns
 * @param value value, @a value_size bytes, borrowed likewise
 * @param value_size bytes in @a value; UINT32_MAX stands for that and more
 * @return #GNUNET_YES to go on, #GNUNET_NO to stop
 * @since 0.1
 */
typedef int (*GNUNET_PSYC_Iterator) (void *cls, enum GNUNET_PSYC_Operator oper,
                                     const char *name, const char *value,
                                     uint32_t value_size);

/**
 * Create an empty list of modifiers.
 *
 * @return the environment; end it with #GNUNET_PSYC_env_destroy
 * @since 0.1
 */
struct GNUNET_PSYC_Environment *GNUNET_PSYC_env_create (void);

/**
 * Append one modifier without copying name and value.
 *
 * @param env the environment
 * @param oper operator
 * @param name name, borrowed: must outlive the environment
 * @param value value, borrowed likewise; may be NULL when @a value_size is 0
 * @param value_size bytes in @a value
 * @since 0.1
 */
void GNUNET_PSYC_env_add (struct GNUNET_PSYC_Environment *env,
                          enum GNUNET_PSYC_Operator oper, const char *name,
                          const void *value, size_t value_size);

/**
 * Append one modifier, copying name and value.
 *
 * The copies live as long as the modifier is in the list; when
 * #GNUNET_PSYC_env_shift takes it out, they live until the environment is
 * destroyed.
 *
 * @param env the environment
 * @param oper operator
 * @param name name, copied
 * @param value value, copied; may be NULL when @a value_size is 0
 * @param value_size bytes in @a value, at most 40 MiB
 * @since 0.1
 */
void GNUNET_PSYC_env_add_copy (struct GNUNET_PSYC_Environment *env,
                               enum GNUNET_PSYC_Operator oper, const char *name,
                               const void *value, size_t value_size);

/**
 * Get the first modifier.
 *
 * @param env the environment
 * @return first modifier, owned by @a env, or NULL when it is empty
 * @since 0.1
 */
struct GNUNET_PSYC_Modifier *
GNUNET_PSYC_env_head (const struct GNUNET_PSYC_Environment *env);

/**
 * Get the last modifier.
 *
 * @param env the environment
 * @return last modifier, owned by @a env, or NULL when it is empty
 * @since 0.1
 */
struct GNUNET_PSYC_Modifier *
GNUNET_PSYC_env_tail (const struct GNUNET_PSYC_Environment *env);

/**
 * Take one modifier out and free it.
 *
 * @param env the environment that holds it
 * @param mod the modifier; freed with the copies that belong to it
 * @since 0.1
 */
void GNUNET_PSYC_env_remove (struct GNUNET_PSYC_Environment *env,
                             struct GNUNET_PSYC_Modifier *mod);

/**
 * Take the first modifier out and return its parts.
 *
 * @param env the environment
 * @param[out] oper operator
 * @param[out] name name: what was given to add (after add_copy: owned by
 *        @a env until it is destroyed)
 * @param[out] value value, likewise
 * @param[out] value_size bytes in @a value
 * @return #GNUNET_OK, or #GNUNET_NO when the list is empty (nothing is set)
 * @since 0.1
 */
int GNUNET_PSYC_env_shift (struct GNUNET_PSYC_Environment *env,
                           enum GNUNET_PSYC_Operator *oper, const char **name,
                           const void **value, size_t *value_size);

/**
 * Show all modifiers in order.
 *
 * @param env the environment; @a it may remove the modifier that it sees
 * @param it called once for each, before this function returns
 * @param it_cls closure for @a it
 * @since 0.1
 */
void GNUNET_PSYC_env_iterate (const struct GNUNET_PSYC_Environment *env,
                              GNUNET_PSYC_Iterator it, void *it_cls);

/**
 * Count the modifiers.
 *
 * @param env the environment
 * @return how many
 * @since 0.1
 */
size_t GNUNET_PSYC_env_get_count (const struct GNUNET_PSYC_Environment *env);

/**
 * Free an environment with everything that it owns.
 *
 * @param env the environment; NULL is ignored
 * @since 0.1
 */
void GNUNET_PSYC_env_destroy (struct GNUNET_PSYC_Environment *env);

/**
 * Tell the type of a variable by the first keyword of its name:
 * `_list_members` is a list.
 *
 * @param name name of the variable; not changed
 * @return its type, #GNUNET_PSYC_TYPE_DATA for what is not known
 * @since 0.1
 */
enum GNUNET_PSYC_Type GNUNET_PSYC_var_get_type (char *name);

/**
 * Apply an operator to a value, giving a new value.
 *
 * The rules stand in doc/spec/variables.md.
 *
 * @param name name of the variable, which tells its type
 * @param current_value value so far, borrowed; NULL with size 0 when unset
 * @param current_value_size bytes in @a current_value
 * @param oper operator
 * @param args operand, borrowed; may be NULL when @a args_size is 0
 * @param args_size bytes in @a args
 * @param[out] return_value new value, allocated (GNUNET_free); NULL when it
 *        is empty, which deletes the variable
 * @param[out] return_value_size bytes in @a return_value
 * @return #GNUNET_OK; #GNUNET_SYSERR when the operator does not apply, a
 *         value is malformed, a number overflows or the result exceeds 16 MiB:
 *         then nothing is set and the variable keeps its value
 * @since 0.1
 */
int GNUNET_PSYC_operation (char *name, void *current_value,
                           size_t current_value_size,
                           enum GNUNET_PSYC_Operator oper, void *args,
                           size_t args_size, void **return_value,
                           size_t *return_value_size);

/**
 * Parse a number: an optional '-', then decimal digits, nothing else.
 *
 * @param size bytes in @a value
 * @param value text, not NUL-terminated
 * @param[out] number the number
 * @return #GNUNET_OK; #GNUNET_SYSERR when it is no number or exceeds 64 bits
 * @since 0.1
 */
int GNUNET_PSYC_value_to_number (size_t size, const void *value,
                                 int64_t *number);

/**
 * Render a number.
 *
 * @param number the number
 * @param[out] value_size bytes returned
 * @return text, allocated (GNUNET_free); NUL-terminated, the NUL not counted
 * @since 0.1
 */
void *GNUNET_PSYC_value_from_number (int64_t number, size_t *value_size);

/**
 * An entry of a dictionary, as #GNUNET_PSYC_value_to_dict stores it in the
 * map under the hash of its key (GNUNET_CRYPTO_hash over @e key_size bytes).
 *
 * @since 0.1
 */
struct GNUNET_PSYC_DictEntry
{
  /** The key, NUL-terminated. */
  const char *key;

  /** Bytes of @e key, without the NUL. */
  size_t key_size;

  /** The value, NUL-terminated for convenience. */
  const void *value;

  /** Bytes of @e value, without the NUL. */
  size_t value_size;
};

/**
 * Parse a dictionary: `{key}value{key}value`.
 *
 * @param size bytes in @a value
 * @param value the dictionary, not NUL-terminated
 * @param[out] dict new map from key hash to struct GNUNET_PSYC_DictEntry;
 *        free with #GNUNET_PSYC_dict_destroy
 * @return #GNUNET_OK, #GNUNET_SYSERR when malformed (@a dict is not set)
 * @since 0.1
 */
int GNUNET_PSYC_value_to_dict (size_t size, const void *value,
                               struct GNUNET_CONTAINER_MultiHashMap **dict);

/**
 * Render a dictionary, sorted by key.
 *
 * @param dict map of struct GNUNET_PSYC_DictEntry, not changed
 * @param[out] value_size bytes returned
 * @return the dictionary, allocated (GNUNET_free); NULL with size 0 when it
 *         is empty
 * @since 0.1
 */
void *GNUNET_PSYC_value_from_dict (struct GNUNET_CONTAINER_MultiHashMap *dict,
                                   size_t *value_size);

/**
 * Set one entry of a dictionary, replacing one of the same key.
 *
 * @param dict the map
 * @param key key, copied
 * @param value value, copied
 * @param value_size bytes in @a value
 * @since 0.1
 */
void GNUNET_PSYC_dict_set (struct GNUNET_CONTAINER_MultiHashMap *dict,
                           const char *key, const void *value,
                           size_t value_size);

/**
 * Look one entry of a dictionary up.
 *
 * @param dict the map
 * @param key key
 * @return the entry, owned by @a dict, or NULL
 * @since 0.1
 */
const struct GNUNET_PSYC_DictEntry *
GNUNET_PSYC_dict_get (struct GNUNET_CONTAINER_MultiHashMap *dict,
                      const char *key);

/**
 * Free a dictionary and its entries.
 *
 * @param dict the map; NULL is ignored
 * @since 0.1
 */
void GNUNET_PSYC_dict_destroy (struct GNUNET_CONTAINER_MultiHashMap *dict);

/**
 * See one element of a list.
 *
 * @param cls closure
 * @param element element, @a size bytes, borrowed until the callback returns
 * @param size bytes in @a element
 * @return #GNUNET_YES to go on, #GNUNET_NO to stop
 * @since 0.1
 */
typedef int (*GNUNET_PSYC_ListIterator) (void *cls, const void *element,
                                         size_t size);

/**
 * Parse a list, in either form (`|a|b` or `1 a1 b`), and show its elements.
 *
 * @param size bytes in @a value
 * @param value the list, not NUL-terminated
 * @param it called for each element before this function returns; not at all
 *        when the list is malformed; NULL only counts
 * @param it_cls closure for @a it
 * @return number of elements, -1 when malformed
 * @since 0.1
 */
int64_t GNUNET_PSYC_value_to_list (size_t size, const void *value,
                                   GNUNET_PSYC_ListIterator it, void *it_cls);

/**
 * Append one element to a rendered list.
 *
 * @param[in,out] list the list, allocated, or NULL with size 0; replaced
 * @param[in,out] list_size bytes in @a list
 * @param element element, copied
 * @param element_size bytes in @a element
 * @return #GNUNET_OK, #GNUNET_SYSERR when @a list is malformed or the result
 *         would exceed 16 MiB (nothing is changed)
 * @since 0.1
 */
int GNUNET_PSYC_list_append (void **list, size_t *list_size,
                             const void *element, size_t element_size);

#ifdef __cplusplus
}
#endif

#endif
